// Between davy or the page and a real gateway: passes everything on, and lies as the rule in force says. It may hold
// the gateway's own key (DIR/gateway.key), so that a lie can be signed: what a server does that has turned.
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { gunzipSync } from 'node:zlib';

const sha512 = (...parts) => parts.reduce((h, b) => h.update(b), createHash('sha512')).digest();
const payloadHash = (f) => sha512(f.subarray(128, 256), sha512(f.subarray(256)));
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

// Headers that are about one connection, or about the bytes as they came.
const OF_A_HOP = /^(content-length|connection|transfer-encoding|content-encoding|keep-alive)$/;

export const OP = {
	decoy: 1,
	open: 2,
	append: 3,
	chunk: 4,
	poll: 5,
	opened: 6,
	list: 0x20,
	fetch: 0x21,
	write: 0x22,
	ack: 0x23,
	keyGet: 0x27,
	rosterGet: 0x29,
};
export const ST = { ok: 0x80, bad: 0x81, notFound: 0x82, stale: 0x83, behind: 0x84, busy: 0x85, full: 0x86 };

// upstream: options of http.request without path; keyFile: gateway.key or null.
// Rules see a roster as it is, and it travels on so.
const unpack = (headers, bytes) => (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes);

// A rule is a function of x = { req, res, body, op, honest, status, n, sign(answer), raw(bytes…) }: it returns the
// bytes to answer, or undefined when it has answered by itself (or never will), or true for the honest answer. `n`
// counts the requests since the rule came into force. x.honest is null where the rule says `before: true` (nothing is
// passed on).
export async function liar(upstream, keyFile) {
	const seed = keyFile && Buffer.from(/^seed (\S+)$/m.exec(readFileSync(keyFile, 'utf8'))[1], 'base64');
	const key =
		seed && createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
	const me = { rule: null, n: 0, seen: [], sockets: new Set() };

	const forward = (req, body) =>
		new Promise((done) => {
			const up = request(
				Object.assign(
					{
						agent: false,
						path: req.url,
						method: req.method,
						headers: body.length ? { 'content-length': body.length } : {},
					},
					upstream,
				),
				(a) => {
					const got = [];
					a.on('data', (d) => got.push(d)).on('end', () =>
						done({
							status: a.statusCode,
							bytes: unpack(a.headers, Buffer.concat(got)),
							headers: a.headers,
						}),
					);
				},
			);
			up.on('error', (e) => {
				console.log('# the gateway behind: ' + e.message);
				done(null);
			});
			up.end(body);
		});
	// Signed for this request, whatever it says now.
	const signFor = (body) => (a) => {
		const r = sha512(body.subarray(0, 128), payloadHash(body));
		sign(
			null,
			Buffer.concat([
				Buffer.from('davylamp/v1 answer'),
				r,
				a.subarray(0, 64),
				payloadHash(a),
			]),
			key,
		).copy(a, 64);
		return a;
	};
	const handle = async (req, res, body) => {
		const rule = me.rule;
		const n = me.n++;
		const op = req.method === 'POST' ? body[4] : 0;
		me.seen.push(op || req.url);
		const up = rule && rule.before ? null : await forward(req, body);
		if (!rule && !up) return req.socket.destroy();
		const x = {
			req,
			res,
			body,
			op,
			n,
			honest: up && up.bytes,
			status: up ? up.status : 200,
			sign: signFor(body),
			raw: (...parts) => parts.forEach((p) => req.socket.write(p)),
		};
		const said = rule ? await rule(x) : true;
		if (said === undefined || res.destroyed) return;
		const bytes = said === true ? x.honest : said;
		if (!bytes) return req.socket.destroy();
		// what the page looks at, across origins
		res.writeHead(
			x.status,
			Object.assign(
				{ 'content-length': bytes.length },
				up
					? Object.fromEntries(
							Object.entries(up.headers).filter(
								([k]) => !OF_A_HOP.test(k),
							),
						)
					: { 'access-control-allow-origin': '*' },
			),
		);
		res.end(bytes);
	};
	me.listener = (req, res) => {
		const parts = [];
		res.on('error', () => {});
		req.on('error', () => {})
			.on('data', (d) => parts.push(d))
			.on('end', () => {
				handle(req, res, Buffer.concat(parts)).catch((e) => {
					console.log('# the liar fell: ' + e.stack.replace(/\n/g, ' '));
					req.socket.destroy();
				});
			});
	};
	me.set = (rule) => {
		me.rule = rule;
		me.n = 0;
		me.seen = [];
	};
	me.server = createServer({ keepAliveTimeout: 60000 }, me.listener);
	me.server.on('connection', (s) => {
		me.sockets.add(s);
		s.on('error', () => {}).on('close', () => me.sockets.delete(s));
	});
	await new Promise((done) => me.server.listen(0, '127.0.0.1', done));
	me.url = 'http://127.0.0.1:' + me.server.address().port;
	me.close = () => {
		me.server.close();
		me.sockets.forEach((s) => s.destroy());
	};
	return me;
}

const set = (a, at, bytes) => {
	Buffer.from(bytes).copy(a, at);
	return a;
};
const only = (ops, lie) => (x) => (ops.includes(x.op) ? lie(x, Buffer.from(x.honest)) : true);
// An answer with that status and nothing behind it.
export const blank = (x, status, change = () => {}) => {
	const a = Buffer.alloc(16384);
	x.honest.copy(a, 0, 0, 64);
	a[4] = status;
	change(a);
	return x.sign(a);
};
export const always = (status, ops, change) => (x) =>
	x.op && (!ops || ops.includes(x.op)) ? blank(x, status, change) : true;
// The honest answer of these ops, changed and signed again.
export const changed = (ops, change) =>
	only(ops, (x, a) => {
		if (a[4] !== ST.ok) return a;
		change(a, x);
		return x.sign(a);
	});
export const put = set;
export const drip = (x, head) => {
	x.raw(head);
	const timer = setInterval(() => (x.req.socket.destroyed ? clearInterval(timer) : x.raw('\0')), 1000);
	timer.unref();
};
