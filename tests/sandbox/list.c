/* Every forbidden thing by example, and the few that each role must be able to do. */
#include "tests/sandbox/try.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROLE(r) (1u << SANDBOX_##r)
#define STORE   (ROLE(VAULT) | ROLE(CHECK))
#define NET     (ROLE(TLS) | ROLE(FACE))
#define ALL     ((1u << SANDBOX_ROLE__MAX) - 1)

/* 0 or the errno of a call that gives -1. */
#define GOT(call) ((call) < 0 ? errno : 0)

/* An errno that says as well that the call was let through. */
static int
but(int fine, int got)
{
	return got == fine ? 0 : got;
}

static const char *
at(const char *name)
{
	static char path[2][160];
	static int turn;
	turn = !turn;
	snprintf(path[turn], sizeof(path[0]), "%s/%s", fixture.dir, name);
	return path[turn];
}

/* ---- files ---- */

static int
open_outside(long flags)
{
	return GOT(open(at("outside/secret"), (int)flags));
}
static int
open_new(long a)
{
	(void)a;
	return GOT(open(at("outside/newer"), O_CREAT | O_WRONLY, 0666));
}
static int
open_nameless(long a)
{
	(void)a;
	return GOT(open(at("outside"), O_TMPFILE | O_RDWR, 0600));
}
static int
open_above(long a)
{
	(void)a;
	return GOT(open("../outside/secret", O_RDONLY));
}
static int
open_link(long a)
{
	(void)a;
	return GOT(open("link", O_RDONLY));
}
static int
open_beneath(long flags)
{
	return GOT(openat(fixture.outside, "secret", (int)flags));
}
static int
open_system(long a)
{
	(void)a;
	return GOT(open("/etc/passwd", O_RDONLY));
}
static int
open_device(long a)
{
	(void)a;
	return GOT(open("/dev/zero", O_RDWR));
}
static int
open_self(long a)
{
	(void)a;
	return GOT(open("/proc/self/mem", O_RDWR));
}
static int
open_root(long a)
{
	char path[200];
	(void)a;
	snprintf(path, sizeof(path), "/proc/self/root%s/outside/secret", fixture.dir);
	return GOT(open(path, O_RDONLY));
}
static int
open_again(long a)
{
	char path[64];
	(void)a;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fixture.secret);
	return GOT(open(path, O_RDWR));
}
static int
open_inside(long a)
{
	(void)a;
	return GOT(open("inside", O_RDWR));
}
static int
open_store(long a)
{
	(void)a;
	return GOT(open(at("store/inside"), O_RDWR));
}
static int
make_inside(long a)
{
	(void)a;
	int fd = open("made", O_CREAT | O_EXCL | O_RDWR, 0600);
	return fd < 0 ? errno : GOT(unlink("made"));
}
static int
do_truncate(long a)
{
	(void)a;
	return GOT(truncate(at("outside/victim"), 0));
}
static int
do_link(long a)
{
	(void)a;
	unlinkat(fixture.outside, "l", 0);
	return GOT(linkat(fixture.outside, "secret", fixture.outside, "l", 0));
}
static int
do_symlink(long a)
{
	(void)a;
	return but(EEXIST, GOT(symlink("x", at("outside/s"))));
}
static int
do_rename(long a)
{
	(void)a;
	return GOT(renameat(fixture.outside, "victim", fixture.outside, "victim"));
}
static int
do_mkdir(long a)
{
	(void)a;
	return but(EEXIST, GOT(mkdirat(fixture.outside, "m", 0700)));
}
static int
do_rmdir(long a)
{
	(void)a;
	return GOT(unlinkat(fixture.outside, "folder", AT_REMOVEDIR));
}
static int
do_unlink(long a)
{
	(void)a;
	return GOT(unlinkat(fixture.outside, "new", 0));
}
static int
do_mknod(long a)
{
	(void)a;
	return but(EEXIST, GOT(mknodat(fixture.outside, "p", S_IFIFO | 0600, 0)));
}
static int
do_chmod(long a)
{
	(void)a;
	return GOT(syscall(SYS_chmod, at("outside/secret"), 0666, 0, 0, 0, 0));
}
static int
do_fchmod(long a)
{
	(void)a;
	return GOT(syscall(SYS_fchmodat, fixture.outside, "secret", 0666, 0, 0, 0));
}
static int
do_chown(long a)
{
	(void)a;
	return GOT(fchownat(fixture.outside, "secret", (uid_t)-1, (gid_t)-1, 0));
}
static int
do_times(long a)
{
	(void)a;
	return GOT(utimensat(fixture.outside, "secret", NULL, 0));
}
static int
do_chdir(long a)
{
	(void)a;
	return GOT(fchdir(fixture.outside));
}

/* ---- sockets ---- */

static int
do_socket(long family)
{
	return GOT(socket((int)family,
			  family == AF_UNIX || family == AF_INET || family == AF_INET6 ? SOCK_STREAM
			  : family == AF_ALG || family == AF_VSOCK
				  ? (family == AF_ALG ? SOCK_SEQPACKET : SOCK_STREAM)
				  : SOCK_RAW,
			  0));
}
static int
do_socketpair(long a)
{
	int sv[2];
	(void)a;
	return GOT(socketpair(AF_UNIX, SOCK_STREAM, 0, sv));
}
static struct sockaddr_in
here(void)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons((uint16_t)fixture.tcp_port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}
static int
do_connect(long fd_kind)
{
	struct sockaddr_in in = here();
	return but(EISCONN, GOT(connect(fd_kind ? fixture.udp : fixture.tcp, (struct sockaddr *)&in,
					sizeof(in))));
}
static int
connect_local(long abstract)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", at("outside/socket"));
	if (abstract) {
		memset(un.sun_path, 0, sizeof(un.sun_path));
		snprintf(un.sun_path + 1, sizeof(un.sun_path) - 1, "davyd-sandbox.%d",
			 (int)getppid());
	}
	return but(EISCONN, GOT(connect(fixture.local, (struct sockaddr *)&un, sizeof(un))));
}
static int
do_bind(long a)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	(void)a;
	return but(EINVAL, GOT(bind(fixture.udp, (struct sockaddr *)&in, sizeof(in))));
}
static int
do_listen(long a)
{
	(void)a;
	return GOT(listen(fixture.listener, 1));
}
static int
do_accept(long a)
{
	(void)a;
	return GOT(accept4(fixture.listener, NULL, NULL, SOCK_CLOEXEC));
}
static int
send_to(long a)
{
	struct sockaddr_in in = here();
	(void)a;
	return GOT(sendto(fixture.udp, "x", 1, MSG_DONTWAIT, (struct sockaddr *)&in, sizeof(in)));
}
/* From a stream socket that is not connected: a listening one that was shut down is one. */
#define FROM_DEAF  1
#define BY_MESSAGE 2
static int
fast_open(long kind)
{
	struct sockaddr_in in = here();
	struct iovec iov = { (void *)(uintptr_t) "x", 1 };
	struct msghdr msg = {
		.msg_name = &in, .msg_namelen = sizeof(in), .msg_iov = &iov, .msg_iovlen = 1
	};
	int fd = kind & FROM_DEAF ? fixture.deaf : fixture.tcp;
	if (kind & FROM_DEAF && shutdown(fd, SHUT_RDWR))
		return errno;
	return but(EINPROGRESS,
		   GOT(kind & BY_MESSAGE ? sendmsg(fd, &msg, MSG_FASTOPEN | MSG_DONTWAIT)
					 : sendto(fd, "x", 1, MSG_FASTOPEN | MSG_DONTWAIT,
						  (struct sockaddr *)&in, sizeof(in))));
}
static int
set_nodelay(long a)
{
	int on = 1;
	(void)a;
	return GOT(setsockopt(fixture.tcp, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)));
}
static int
set_buffer(long a)
{
	int on = 65536;
	(void)a;
	return GOT(setsockopt(fixture.tcp, SOL_SOCKET, SO_SNDBUF, &on, sizeof(on)));
}
static int
set_linger(long a)
{
	struct linger l = { 1, 0 };
	(void)a;
	return GOT(setsockopt(fixture.tcp, SOL_SOCKET, SO_LINGER, &l, sizeof(l)));
}
static int
set_other(long option)
{
	int on = 1;
	return GOT(setsockopt(fixture.tcp, SOL_SOCKET, (int)option, &on, sizeof(on)));
}
static int
set_filter(long a)
{
	struct sock_filter code = { BPF_RET | BPF_K, 0, 0, 0xffff };
	struct sock_fprog prog = { 1, &code };
	(void)a;
	return GOT(setsockopt(fixture.tcp, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)));
}
static int
get_option(long a)
{
	int v;
	socklen_t n = sizeof(v);
	(void)a;
	return GOT(getsockopt(fixture.tcp, SOL_SOCKET, SO_ERROR, &v, &n));
}
static int
get_name(long a)
{
	struct sockaddr_storage s;
	socklen_t n = sizeof(s);
	(void)a;
	return GOT(getsockname(fixture.tcp, (struct sockaddr *)&s, &n));
}
static int
do_ioctl(long request)
{
	int n;
	return GOT(ioctl(fixture.tcp, (unsigned long)request, &n));
}

/* ---- programs ---- */

static char *const no_args[] = { (char *)(uintptr_t) "true", NULL };
static int
do_exec(long a)
{
	(void)a;
	return GOT(execve("/bin/true", no_args, no_args + 1));
}
static int
exec_at(long a)
{
	(void)a;
	return GOT(syscall(SYS_execveat, fixture.tool, "", no_args, no_args + 1, AT_EMPTY_PATH, 0));
}
static int
child_end(long pid)
{
	if (pid == 0)
		syscall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
	return pid < 0 ? errno : 0;
}
static int
do_fork(long a)
{
	(void)a;
	return child_end(fork());
}
static int
do_fork_old(long nr)
{
	return child_end(syscall(nr, 0, 0, 0, 0, 0, 0));
}
static int
do_clone(long flags)
{
	return child_end(syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0, 0));
}
static int
do_clone3(long a)
{
	uint64_t args[11] = { 0 };
	args[4] = SIGCHLD;
	(void)a;
	return child_end(syscall(SYS_clone3, args, sizeof(args), 0, 0, 0, 0));
}
static int
do_unshare(long flags)
{
	return GOT(unshare((int)flags));
}

/* ---- others ---- */

static int
trace_me(long a)
{
	(void)a;
	return GOT(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}
static int
trace(long request)
{
	return GOT(ptrace((enum __ptrace_request)request, fixture.stranger, NULL, NULL));
}
static int
read_memory(long write)
{
	static uint8_t byte;
	struct iovec mine = { &byte, 1 };
	return GOT(syscall(write ? SYS_process_vm_writev : SYS_process_vm_readv, fixture.stranger,
			   &mine, 1, &mine, 1, 0));
}
static int
do_kill(long sig)
{
	return GOT(kill(fixture.stranger, (int)sig));
}
static int
kill_all(long a)
{
	(void)a;
	return but(ESRCH, GOT(kill(-fixture.stranger, 0)));
}
static int
kill_parent(long a)
{
	(void)a;
	return GOT(kill(getppid(), 0));
}
static int
do_tgkill(long sig)
{
	return GOT(syscall(SYS_tgkill, fixture.stranger, fixture.stranger, sig, 0, 0, 0));
}
static int
do_tkill(long a)
{
	(void)a;
	return GOT(syscall(SYS_tkill, fixture.stranger, SIGCONT, 0, 0, 0, 0));
}
static int
do_queue(long a)
{
	siginfo_t si = { .si_code = SI_QUEUE };
	(void)a;
	return GOT(syscall(SYS_rt_sigqueueinfo, fixture.stranger, SIGCONT, &si, 0, 0, 0));
}
static int
pidfd_signal(long a)
{
	(void)a;
	return GOT(syscall(SYS_pidfd_send_signal, fixture.pidfd, SIGCONT, NULL, 0, 0, 0));
}
static int
pidfd_take(long a)
{
	(void)a;
	return GOT(syscall(SYS_pidfd_getfd, fixture.pidfd, 1, 0, 0, 0, 0));
}
static int
own_socket(long a)
{
	(void)a;
	return GOT(fcntl(fixture.tcp, F_SETOWN, fixture.stranger));
}
static int
own_signal(long a)
{
	(void)a;
	return GOT(fcntl(fixture.tcp, F_SETSIG, SIGTERM));
}
static int
other_limit(long a)
{
	struct rlimit r;
	(void)a;
	return GOT(prlimit(fixture.stranger, RLIMIT_NOFILE, NULL, &r));
}
static int
other_cpu(long a)
{
	cpu_set_t s;
	(void)a;
	sched_getaffinity(fixture.stranger, sizeof(s), &s);
	return GOT(sched_setaffinity(fixture.stranger, sizeof(s), &s));
}
static int
other_nice(long a)
{
	(void)a;
	return GOT(setpriority(PRIO_PROCESS, (id_t)fixture.stranger, 0));
}
static int
abort_self(long a)
{
	(void)a;
	return GOT(syscall(SYS_tgkill, getpid(), syscall(SYS_gettid, 0, 0, 0, 0, 0, 0), SIGABRT, 0,
			   0, 0));
}

/* ---- memory ---- */

#define PRIVATE (MAP_PRIVATE | MAP_ANONYMOUS)
static int
map(long prot)
{
	return mmap(NULL, 4096, (int)prot, PRIVATE, -1, 0) == MAP_FAILED ? errno : 0;
}
static int
protect(long prot)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, PRIVATE, -1, 0);
	return p == MAP_FAILED ? errno : GOT(mprotect(p, 4096, (int)prot));
}
static int
protect_key(long prot)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, PRIVATE, -1, 0);
	return p == MAP_FAILED ? errno : GOT(syscall(SYS_pkey_mprotect, p, 4096, prot, -1, 0, 0));
}
static int
grow(long a)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, PRIVATE, -1, 0);
	(void)a;
	return p == MAP_FAILED || mremap(p, 4096, 65536, MREMAP_MAYMOVE) == MAP_FAILED ? errno : 0;
}
static int
shared(long flags)
{
	int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0700);
	void *p = id < 0 ? (void *)-1 : shmat(id, NULL, (int)flags);
	int why = errno;
	if (id >= 0)
		shmctl(id, IPC_RMID, NULL);
	return p == (void *)-1 ? why : 0;
}
static int
file_of_memory(long flags)
{
	return GOT(memfd_create("m", (unsigned)flags));
}
static int
persona(long p)
{
	return GOT(personality((unsigned long)p));
}

/* ---- powers ---- */

static int
raise_core(long a)
{
	struct rlimit r = { 1 << 20, 1 << 20 };
	(void)a;
	return GOT(setrlimit(RLIMIT_CORE, &r));
}
static int
limit_read(long a)
{
	struct rlimit r;
	(void)a;
	return GOT(prlimit(0, RLIMIT_CORE, NULL, &r));
}
static int
set_prctl(long what)
{
	return GOT(prctl((int)what, 1, 0, 0, 0));
}
static int
become(long uid)
{
	return GOT(setresuid((uid_t)uid, (uid_t)uid, (uid_t)uid));
}
static int
take_powers(long a)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 }, { 0 } };
	(void)a;
	if (syscall(SYS_capget, &head, data, 0, 0, 0, 0))
		return errno;
	data[0].effective = data[0].permitted;
	return GOT(syscall(SYS_capset, &head, data, 0, 0, 0, 0));
}
static int
new_list(long a)
{
	(void)a;
	return GOT(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0,
			   &(uint32_t){ SECCOMP_RET_ALLOW }, 0, 0, 0));
}
static int
number(long nr)
{
	return GOT(syscall(nr, 0, 0, 0, 0, 0, 0));
}
static int
say(long a)
{
	(void)a;
	return GOT(write(STDOUT_FILENO, "", 0));
}
static int
tell_time(long a)
{
	struct timespec ts;
	(void)a;
	return GOT(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &ts, 0, 0, 0, 0));
}

#define F          "files"
#define S          "sockets"
#define P          "programs"
#define O          "others"
#define M          "memory"
#define W          "powers"
#define LOCKED     .needs_landlock = true
#define MAY(roles) .works = (roles)

const struct try try_list[] = {
	{ F, "read outside", open_outside, O_RDONLY, LOCKED },
	{ F, "write outside", open_outside, O_WRONLY, LOCKED },
	{ F, "truncate on opening", open_outside, O_RDONLY | O_TRUNC, LOCKED },
	{ F, "a new file outside", open_new, 0, LOCKED },
	{ F, "a file without a name", open_nameless, 0, LOCKED },
	{ F, "by ..", open_above, 0, LOCKED },
	{ F, "by a symbolic link", open_link, 0, LOCKED },
	{ F, "by an inherited folder", open_beneath, O_RDONLY, LOCKED },
	{ F, "the same, to write", open_beneath, O_RDWR, LOCKED },
	{ F, "by /proc/self/root", open_root, 0, LOCKED },
	{ F, "an inherited O_PATH again", open_again, 0, LOCKED },
	{ F, "/etc/passwd", open_system, 0, LOCKED },
	{ F, "/dev/zero", open_device, 0, LOCKED },
	{ F, "/proc/self/mem", open_self, 0, LOCKED },
	{ F, "its own file", open_inside, 0, MAY(STORE) },
	{ F, "the store by its name", open_store, 0, MAY(ROLE(PARENT)), .either = STORE, LOCKED },
	{ F, "make and remove its own", make_inside, 0, MAY(STORE), LOCKED },
	{ F, "truncate", do_truncate, 0, MAY(0) },
	{ F, "link", do_link, 0, MAY(0) },
	{ F, "symlink", do_symlink, 0, MAY(0) },
	{ F, "rename", do_rename, 0, MAY(0) },
	{ F, "mkdir", do_mkdir, 0, MAY(0) },
	{ F, "rmdir", do_rmdir, 0, LOCKED },
	{ F, "unlink", do_unlink, 0, LOCKED },
	{ F, "mknod", do_mknod, 0, MAY(0) },
	{ F, "chmod", do_chmod, 0, MAY(0) },
	{ F, "fchmodat", do_fchmod, 0, MAY(0) },
	{ F, "chown", do_chown, 0, MAY(0) },
	{ F, "times", do_times, 0, MAY(0) },
	{ F, "stand elsewhere", do_chdir, 0, MAY(0) },

	{ S, "socket of Unix", do_socket, AF_UNIX, MAY(0) },
	{ S, "socket of IPv4", do_socket, AF_INET, MAY(0) },
	{ S, "socket of IPv6", do_socket, AF_INET6, MAY(0) },
	{ S, "socket of netlink", do_socket, AF_NETLINK, MAY(0) },
	{ S, "socket of packets", do_socket, AF_PACKET, MAY(0) },
	{ S, "socket of machines", do_socket, AF_VSOCK, MAY(0) },
	{ S, "socket of ciphers", do_socket, AF_ALG, MAY(0) },
	{ S, "a pair", do_socketpair, 0, MAY(ROLE(FACE) | ROLE(PARENT)) },
	{ S, "connect TCP", do_connect, 0, MAY(0) },
	{ S, "connect UDP", do_connect, 1, MAY(0) },
	{ S, "connect a socket file", connect_local, 0, MAY(0) },
	{ S, "connect an abstract socket", connect_local, 1, MAY(0) },
	{ S, "bind", do_bind, 0, MAY(0) },
	{ S, "listen", do_listen, 0, MAY(0) },
	{ S, "accept", do_accept, 0, MAY(NET | ROLE(PARENT)) },
	{ S, "send to an address", send_to, 0, MAY(0) },
	{ S, "connect by sendto", fast_open, 0, MAY(0) },
	{ S, "connect by sendmsg", fast_open, BY_MESSAGE, MAY(0) },
	{ S, "connect a listening socket by sendto", fast_open, FROM_DEAF, MAY(0) },
	{ S, "connect a listening socket by sendmsg", fast_open, FROM_DEAF | BY_MESSAGE, MAY(0) },
	{ S, "no delay", set_nodelay, 0, MAY(ROLE(FACE) | ROLE(PARENT)) },
	{ S, "buffer", set_buffer, 0, MAY(ROLE(FACE) | ROLE(PARENT)) },
	{ S, "linger", set_linger, 0, MAY(NET | ROLE(PARENT)) },
	{ S, "keep alive", set_other, SO_KEEPALIVE, MAY(0) },
	{ S, "debug mark", set_other, SO_PRIORITY, MAY(0) },
	{ S, "a filter program", set_filter, 0, MAY(0) },
	{ S, "ask an option", get_option, 0, MAY(0) },
	{ S, "ask its name", get_name, 0, MAY(0) },
	{ S, "ioctl FIONREAD", do_ioctl, FIONREAD, MAY(0) },

	{ P, "execve", do_exec, 0, MAY(0) },
	{ P, "execveat", exec_at, 0, MAY(0) },
	{ P, "fork", do_fork, 0, MAY(ROLE(PARENT)) },
	{ P, "fork by its old number", do_fork_old, SYS_fork, MAY(0) },
	{ P, "vfork", do_clone, CLONE_VFORK, MAY(0) },
	{ P, "a thread", do_clone, CLONE_FILES | CLONE_FS, MAY(0) },
	{ P, "clone3", do_clone3, 0, MAY(0) },
	{ P, "a child in a new world of users", do_clone, CLONE_NEWUSER, MAY(0) },
	{ P, "a new world of users", do_unshare, CLONE_NEWUSER, MAY(0) },
	{ P, "a new world of mounts", do_unshare, CLONE_NEWNS | CLONE_NEWUSER, MAY(0) },
	{ P, "a thread's own files", do_unshare, CLONE_FILES, MAY(0) },

	{ O, "be traced", trace_me, 0, MAY(0) },
	{ O, "trace", trace, PTRACE_ATTACH, MAY(0) },
	{ O, "seize", trace, PTRACE_SEIZE, MAY(0) },
	{ O, "read its memory", read_memory, 0, MAY(0) },
	{ O, "write its memory", read_memory, 1, MAY(0) },
	{ O, "a signal", do_kill, SIGCONT, MAY(0) },
	{ O, "no signal", do_kill, 0, MAY(0) },
	{ O, "a signal to a group", kill_all, 0, MAY(0) },
	{ O, "a signal to the parent", kill_parent, 0, MAY(0) },
	{ O, "a signal to a thread", do_tgkill, SIGCONT, MAY(0) },
	{ O, "an old signal to a thread", do_tkill, 0, MAY(0) },
	{ O, "a signal with a word", do_queue, 0, MAY(0) },
	{ O, "a signal by descriptor", pidfd_signal, 0, MAY(0) },
	{ O, "take a descriptor", pidfd_take, 0, MAY(0) },
	{ O, "signals of a socket", own_socket, 0, MAY(0) },
	{ O, "another signal of a socket", own_signal, 0, MAY(0) },
	{ O, "limits", other_limit, 0, MAY(0) },
	{ O, "processors", other_cpu, 0, MAY(0) },
	{ O, "priority", other_nice, 0, MAY(0) },
	{ O, "abort itself", abort_self, 0, .aborts = true },

	{ M, "map", map, PROT_READ | PROT_WRITE, MAY(ALL) },
	{ M, "grow", grow, 0, MAY(ALL) },
	{ M, "protect", protect, PROT_READ, MAY(ALL) },
	{ M, "map to run", map, PROT_READ | PROT_EXEC, MAY(0) },
	{ M, "map to write and run", map, PROT_READ | PROT_WRITE | PROT_EXEC, MAY(0) },
	{ M, "make run", protect, PROT_READ | PROT_EXEC, MAY(0) },
	{ M, "make run, with a key", protect_key, PROT_READ | PROT_EXEC, MAY(0) },
	{ M, "share", shared, 0, MAY(0) },
	{ M, "share to run", shared, SHM_EXEC, MAY(0) },
	{ M, "a file of memory", file_of_memory, 0, MAY(0) },
	{ M, "reading is running", persona, READ_IMPLIES_EXEC, MAY(0) },

	{ W, "say", say, 0, MAY(ALL) },
	{ W, "tell the time", tell_time, 0, MAY(ALL) },
	{ W, "raise the core limit", raise_core, 0, MAY(0) },
	{ W, "read its limits", limit_read, 0, MAY(ROLE(PARENT)) },
	{ W, "be dumpable", set_prctl, PR_SET_DUMPABLE, MAY(0) },
	{ W, "be a reaper", set_prctl, PR_SET_CHILD_SUBREAPER, MAY(0) },
	{ W, "keep powers", set_prctl, PR_SET_KEEPCAPS, MAY(0) },
	{ W, "be root", become, 0, .either = ROLE(PARENT) },
	{ W, "take powers", take_powers, 0, MAY(0) },
	{ W, "ask about lists", new_list, 0, MAY(ROLE(PARENT)) },
	{ W, "a session", number, SYS_setsid, MAY(0) },
	{ W, "sync all disks", number, SYS_sync, MAY(0) },
	{ W, "who is the parent", number, SYS_getppid, MAY(0) },
	{ 0 },
};
