/* What a sibling says. The first byte chooses: a vault's words to a face that has a request with it
 * (0), a face's words to a vault (1), a packet on a control socket (2). In the words 0x1e and two
 * bytes stand for a message that is right in type and length, so that what is inside is reached. */
#include "server/vault/vault.c"

#include "tests/fuzz/server_face.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint8_t word[512 * 1024];
static size_t word_len;

static void
put(const void *bytes, size_t n)
{
	if (n <= sizeof(word) - word_len) {
		if (bytes)
			memcpy(word + word_len, bytes, n);
		else
			memset(word + word_len, 0, n);
		word_len += n;
	}
}

/* A message of that type: what follows in the input begins it, the rest is zero. */
static void
message(struct buf *b, enum ipc_role from, enum ipc_role to)
{
	unsigned type = buf_u8(b) % IPC__MAX;
	uint8_t head[IPC_HEAD_LEN] = { 0 };
	size_t n, at = buf_u8(b);
	for (n = 0; n <= IPC_REQUEST_LEN; n++)
		if (ipc_allowed(type, n, from, to) && (type != IPC_BUNDLE || n >= 8 + at))
			break;
	head[4] = (uint8_t)type;
	ipc_set32(head, (uint32_t)n);
	put(head, sizeof(head));
	size_t take = n < b->left ? n : b->left;
	take = take < 80 ? take : 80;
	put(buf_take(b, take), take);
	put(NULL, n - take);
}

static void
words(struct buf *b, enum ipc_role from, enum ipc_role to)
{
	word_len = 0;
	while (b->left && !b->bad) {
		uint8_t c = buf_u8(b);
		if (c == 0x1e)
			message(b, from, to);
		else
			put(&c, 1);
	}
}

static void
to_face(void)
{
	char head[] = "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 16384\r\n\r\n";
	face_start();
	int fd = face_client(false);
	face.generation[face.free_slot[face.free_cnt - 1]] =
		0; /* slot numbers are the same in every run */
	assert(send(fd, head, sizeof(head) - 1, 0) > 0 &&
	       send(fd, face_frame(), FRAME_LEN, 0) == FRAME_LEN);
	for (int i = 0; i < 3; i++)
		face_http_pump(&face);
	assert(face.free_cnt == FACE_SLOT_MAX - 1);
	for (size_t at = 0; at < word_len && face.link;) {
		ssize_t n = send(ipc_fd(face_vault), word + at, word_len - at,
				 MSG_DONTWAIT | MSG_NOSIGNAL);
		at += n > 0 ? (size_t)n : 0;
		if (!face_word()) {
			face_link_drop(&face);
			break;
		}
	}
	assert(face.rules.valid_cnt <= PUZZLE_VALID && face.coming_at <= face.coming_len);
	memset(face.rules.valid, 0, sizeof(face.rules.valid));
	face.rules.valid_cnt = 0;
	free(face.coming);
	face.coming = NULL;
	/* The next vault: the request that is still there is put to it again. */
	face_join();
	face_answered();
	face_client_gone(fd);
}

static char dir[] = "/dev/shm/davy-fuzz.XXXXXX", db[64];

static void
gone(void)
{
	static const char *const suffix[] = { "", "-wal", "-mark", "-journal" };
	for (size_t i = 0; i < 4; i++) {
		char name[80];
		snprintf(name, sizeof(name), "%s%s", db, suffix[i]);
		unlink(name);
	}
	rmdir(dir);
}

static void
to_vault(void)
{
	static struct conf conf = { .store_bytes = 1 << 22,
				    .open_percent = 70,
				    .open_day_percent = 20,
				    .member_entries = 1000,
				    .member_keys = 300,
				    .case_entries = 64,
				    .case_mib = 8,
				    .purge_days = 90 };
	static struct conf_keys keys;
	static struct vault v = { .conf = &conf, .keys = &keys };
	static struct vault_loop *loop;
	char why[STORE_WHY_LEN];
	int sv[2], control[2];
	if (!loop) {
		key_sign_new(&keys.sign);
		assert(ipc_pair(control, true) == 0 && mkdtemp(dir));
		snprintf(db, sizeof(db), "%s/davylamp.db", dir);
		assert(vault_open(&v, db, why) == 0);
		v.ballast = VAULT_BALLAST_READY; /* it would be made in the working folder */
		atexit(gone);
		loop = vault_loop_new(&v, control[0]);
	}
	assert(ipc_pair(sv, false) == 0);
	link_add(loop, sv[0]);
	for (size_t at = 0; at < word_len && loop->link[0].ipc;) {
		ssize_t n = send(sv[1], word + at, word_len - at, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n <= 0)
			break;
		at += (size_t)n;
		event_base_loop(loop->base, EVLOOP_NONBLOCK);
		event_base_loop(loop->base, EVLOOP_NONBLOCK);
	}
	close(sv[1]);
	event_base_loop(loop->base, EVLOOP_NONBLOCK);
	link_drop(&loop->link[0]);
}

static void
packet(const uint8_t *data, size_t len)
{
	uint8_t buf[IPC_CONTROL_MAX];
	struct ipc_msg msg;
	int sv[2], fds = data[0] % 4;
	enum ipc_role from = data[0] / 4 % IPC_ROLE__MAX, to = data[0] / 16 % IPC_ROLE__MAX;
	union {
		char buf[CMSG_SPACE(3 * sizeof(int))];
		struct cmsghdr align;
	} anc = { { 0 } };
	struct iovec iov = { (void *)(uintptr_t)(data + 1), len - 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	assert(ipc_pair(sv, true) == 0);
	if (fds) {
		m.msg_control = anc.buf;
		m.msg_controllen = CMSG_SPACE((size_t)fds * sizeof(int));
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN((size_t)fds * sizeof(int));
		for (int i = 0; i < fds; i++)
			memcpy(CMSG_DATA(c) + (size_t)i * sizeof(int), &sv[0], sizeof(int));
	}
	if (sendmsg(sv[0], &m, MSG_DONTWAIT) >= 0 &&
	    ipc_control_recv(sv[1], to, from, buf, &msg) == 1) {
		assert(ipc_allowed(msg.type, msg.len, from, to) &&
		       (msg.fd >= 0) == (msg.type == IPC_LINK || msg.type == IPC_HANDOFF ||
					 msg.type == IPC_CLIENT));
		assert(msg.len == len - 1 - IPC_HEAD_LEN &&
		       !memcmp(msg.bytes, data + 1 + IPC_HEAD_LEN, msg.len));
		if (msg.fd >= 0)
			close(msg.fd);
	}
	close(sv[0]);
	close(sv[1]);
	/* No descriptor stays behind: the lowest free one is the same as before. */
	int again = dup(0);
	assert(again <= sv[0] || again < 0);
	close(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct buf b;
	if (len < 2 || sodium_init() < 0)
		return 0;
	buf_init(&b, data + 1, len - 1);
	if (data[0] % 3 == 2) {
		packet(data + 1, len - 1);
		return 0;
	}
	bool vault = data[0] % 3;
	words(&b, vault ? IPC_FACE : IPC_VAULT, vault ? IPC_VAULT : IPC_FACE);
	if (vault)
		to_vault();
	else
		to_face();
	return 0;
}
