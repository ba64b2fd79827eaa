// The real davyd in a folder of its own, with a roster, and frames made here from FORMATS.md with node's own crypto.
import { spawn, spawnSync } from 'node:child_process';
import {
	createHash,
	createPrivateKey,
	createPublicKey,
	randomBytes,
	sign as edSign,
	verify as edVerify,
} from 'node:crypto';
import {
	appendFileSync,
	closeSync,
	copyFileSync,
	existsSync,
	mkdtempSync,
	openSync,
	readFileSync,
	rmSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { deployment, deskText } from './deployment.mjs';
import { freePort } from './port.mjs';

export { freePort };
export const BUILD = resolve(process.env.BUILD || 'build');
export const FRAME = 16384;
const DER = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
export const sha = (alg, ...parts) => parts.reduce((h, p) => h.update(p), createHash(alg)).digest();
export const sleep = (ms) => new Promise((ok) => setTimeout(ok, ms));

export function newKey(seed = randomBytes(32)) {
	const priv = createPrivateKey({ key: Buffer.concat([DER, seed]), format: 'der', type: 'pkcs8' });
	const pub = createPublicKey(priv).export({ format: 'der', type: 'spki' }).subarray(12);
	return { seed, pub, sign: (m) => edSign(null, m, priv) };
}
const verifyKey = (pub, m, sig) =>
	edVerify(
		null,
		m,
		createPublicKey({ key: Buffer.concat([SPKI, pub]), format: 'der', type: 'spki' }),
		sig,
	);

export const OP = {
	decoy: 1,
	open: 2,
	append: 3,
	chunk: 4,
	poll: 5,
	list: 0x20,
	fetch: 0x21,
	write: 0x22,
	ack: 0x23,
	close: 0x24,
	rosterPut: 0x28,
	above: 0x2b,
	purge: 0x2d,
	account: 0x43,
	object: 0x2f,
	orderSeal: 0x50,
	partPut: 0x51,
	partTake: 0x52,
	stop: 0x53,
	bookOpen: 0x54,
	rota: 0x55,
	photo: 0x58,
};
export const STATUS = {
	0x80: 'ok',
	0x81: 'bad',
	0x82: 'not found',
	0x83: 'stale',
	0x84: 'behind',
	0x85: 'busy',
	0x86: 'full',
};
export const caseId = (pub) => sha('sha256', 'davylamp/v1 case', pub).subarray(0, 16);
export const minuteNow = () => Math.floor(Date.now() / 60000);

// A clock that the test moves: `options` for gateway(); forward(minutes), by which all clocks go on; set(minutes,
// jump): by how much all are ahead in all, and by how much more the time of day alone; the gateway's minute now; a
// folder of the test's own, and drop() at the end. It is written in place: were it seen empty, the gateway's clock
// would run backwards.
export function testClock(name) {
	const dir = mkdtempSync(join(tmpdir(), `davyd-${name}.`));
	const path = join(dir, 'clock');
	const file = openSync(path, 'w');
	let ahead = 0;
	const clock = {
		dir,
		options: { program: join(BUILD, 'tests/davyd-clock'), env: { DAVY_TEST_CLOCK: path } },
		minute: () => minuteNow() + ahead,
		set: (m, jump = 0) => {
			ahead = m;
			writeSync(file, String(m).padStart(12, ' ') + String(jump).padStart(12, ' '), 0);
		},
		forward: (m) => clock.set(ahead + m),
		drop: () => {
			closeSync(file);
			rmSync(dir, { recursive: true, force: true });
		},
	};
	clock.set(0);
	return clock;
}

// H of FORMATS.md section 2.
export const payloadHash = (f) => sha('sha512', f.subarray(128, 256), sha('sha512', f.subarray(256)));

// fields: id, thread, kind, desk, number, hour, ladder, flags, part, parts, length, count, cursor, proof, hash, minute,
// body
export function frame(gw, op, key, fields = {}) {
	const f = Buffer.alloc(FRAME);
	const timeless = op >= 1 && op <= 4;
	f.write('DVY1', 0, 'ascii');
	f[4] = op;
	f.writeBigUInt64LE(
		BigInt(fields.minute !== undefined ? fields.minute : timeless ? 0 : minuteNow()),
		24,
	);
	key.pub.copy(f, 32);
	if (fields.id) fields.id.copy(f, 128);
	f[144] = fields.thread || 0;
	f[145] = fields.kind || 0;
	f.writeUInt16LE(fields.desk || 0, 146);
	f.writeUInt32LE(fields.number || 0, 148);
	f.writeUInt32LE(fields.hour || 0, 152);
	f[156] = fields.ladder || 0;
	f[157] = fields.flags || 0;
	f.writeUInt16LE(fields.part || 0, 160);
	f.writeUInt16LE(fields.parts || 0, 162);
	f.writeUInt32LE(fields.length || 0, 164);
	f.writeUInt32LE(fields.count || 0, 168);
	if (fields.cursor) fields.cursor.copy(f, 176);
	if (fields.proof) fields.proof.copy(f, 192);
	if (fields.hash) fields.hash.copy(f, 224);
	if (fields.body) fields.body.copy(f, 256);
	const H = payloadHash(f);
	key.sign(
		Buffer.concat([
			Buffer.from('davylamp/v1 frame'),
			gw.id,
			f.subarray(0, 8),
			f.subarray(24, 64),
			H,
		]),
	).copy(f, 64);
	return f;
}

// Verifies an answer as a client has to; null where it is not the gateway's.
export function readAnswer(gw, request, a) {
	if (a.length !== FRAME || !a.subarray(32, 64).equals(gw.key)) return null;
	const R = sha('sha512', request.subarray(0, 128), payloadHash(request));
	const said = Buffer.concat([Buffer.from('davylamp/v1 answer'), R, a.subarray(0, 64), payloadHash(a)]);
	if (!verifyKey(gw.key, said, a.subarray(64, 128))) return null;
	return {
		status: STATUS[a[4]] || String(a[4]),
		minute: Number(a.readBigUInt64LE(24)),
		number: a.readUInt32LE(148),
		count: a.readUInt32LE(168),
		flags: a[157],
		body: a.subarray(256),
		bytes: a,
	};
}

// Leading zero bits, and a nonce in the frame that has as many as are asked for.
export const zeros = (b) => {
	for (let i = 0; i < b.length; i++) if (b[i]) return i * 8 + Math.clz32(b[i]) - 24;
	return b.length * 8;
};
export const solves = (f, salt, bits, H = payloadHash(f)) =>
	zeros(sha('sha256', salt, f.subarray(8, 24), H)) >= bits;
export function solve(f, salt, bits) {
	const H = payloadHash(f);
	for (let n = 0n; ; n++) {
		f.writeBigUInt64LE(n, 8);
		if (solves(f, salt, bits, H)) return f;
	}
}

// What a process has in memory, MiB: all of it, and its share of what is shared.
export function memory(pid) {
	const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
	const kib = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)[1]);
	return { rss: +(kib('Rss') / 1024).toFixed(1), pss: +(kib('Pss') / 1024).toFixed(1) };
}

function parentOf(pid) {
	try {
		return Number(
			readFileSync(`/proc/${pid}/stat`, 'latin1')
				.replace(/^.*\) . /s, '')
				.split(' ')[0],
		);
	} catch (e) {
		return 0; // gone
	}
}

// Sends bytes and gives back all that came until the other side closed or `ms` passed.
export function raw(port, bytes, { ms = 3000, end = false, until } = {}) {
	return new Promise((ok) => {
		const got = [];
		const at = Date.now();
		const s = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
		const done = (closed) => {
			clearTimeout(timer);
			s.destroy();
			ok({ text: Buffer.concat(got), closed, ms: Date.now() - at });
		};
		const timer = setTimeout(() => done(false), ms);
		s.on('connect', () => {
			s.write(bytes);
			if (end) s.end();
		});
		s.on('data', (d) => {
			got.push(d);
			if (until && until(Buffer.concat(got))) done(false);
		});
		s.on('end', () => done(true))
			.on('error', () => done(true))
			.on('close', () => done(true));
	});
}

// All whole answers in a stream of HTTP: status, headers in order, body.
export function parse(buf) {
	const out = [];
	for (;;) {
		const at = buf.indexOf('\r\n\r\n');
		if (at < 0) return out;
		const [line, ...heads] = buf.subarray(0, at).toString('latin1').split('\r\n');
		const headers = heads.map((h) => [h.slice(0, h.indexOf(':')), h.slice(h.indexOf(':') + 2)]);
		const get = (n) => (headers.find(([k]) => k.toLowerCase() === n.toLowerCase()) || [])[1];
		const len = Number(get('content-length') || 0);
		out.push({
			code: Number(line.split(' ')[1]),
			headers,
			get,
			body: buf.subarray(at + 4, at + 4 + len),
		});
		buf = buf.subarray(at + 4 + len);
	}
}

export const post = (f, extra = '') =>
	Buffer.concat([
		Buffer.from(`POST /x HTTP/1.1\r\nHost: h\r\n${extra}Content-Length: ${f.length}\r\n\r\n`),
		f,
	]);

export const STAFF = [
	['a1', 1, 'TR,PL,lead'],
	['b1', 1, 'TR'],
	['a2', 2, 'TR,lead'],
	['b2', 2, 'TR'],
	['a4', 4, 'TR,lead'],
	['a5', 5, 'TR,lead'],
	['reg', 0, 'RG'],
];

// A key and a certificate that it signs itself, as key.pem and cert.pem of that folder.
export function certificate(dir, name, key = join(dir, 'key.pem'), cert = join(dir, 'cert.pem')) {
	const r = spawnSync('openssl', [
		'req',
		'-x509',
		'-newkey',
		'ec',
		'-pkeyopt',
		'ec_paramgen_curve:P-256',
		'-nodes',
		'-days',
		'2',
		'-subj',
		`/CN=${name}`,
		'-addext',
		'subjectAltName=IP:127.0.0.1',
		'-keyout',
		key,
		'-out',
		cert,
	]);
	if (r.status !== 0) throw new Error(String(r.stderr));
}

// A gateway. options: program (davyd), conf (lines), env, page, tls (HTTPS as well, at tlsPort), as ({ uid, gid }),
// staff (rows as in STAFF), log (the roster names its public log), world (the namespaces of it, as nsenter takes them).
// stop() ends it; start() begins again.
export class Gateway {
	constructor(options = {}) {
		this.options = options;
		this.dir = mkdtempSync(join(tmpdir(), 'davyd-test.'));
		this.root = newKey();
		this.staff = options.staff || STAFF;
		this.people = Object.fromEntries(
			this.staff.map(([n]) => [n, Object.assign(newKey(), { handle: randomBytes(8) })]),
		);
		this.log = '';
	}
	async make() {
		this.port = await freePort();
		const r = spawnSync(join(BUILD, 'davyd'), [
			'init',
			join(this.dir, 'gw'),
			'--root',
			this.root.pub.toString('base64'),
			'--listen',
			`127.0.0.1:${this.port}`,
		]);
		if (r.status !== 0) throw new Error(String(r.stderr));
		this.conf = join(this.dir, 'gw', 'davyd.conf');
		appendFileSync(this.conf, (this.options.conf || []).join('\n') + '\n');
		const [, id, key] = readFileSync(join(this.dir, 'gw', 'gateway.card'), 'utf8').match(
			/^gateway (\S+) (\S+)$/m,
		);
		this.id = Buffer.from(id, 'hex');
		this.key = Buffer.from(key, 'base64');
		if (this.options.tls) {
			this.tlsPort = await freePort();
			certificate(join(this.dir, 'gw'), 'one.invalid');
			writeFileSync(
				this.conf,
				readFileSync(this.conf, 'utf8').replace(
					/^listen = .*$/m,
					`listen = {"127.0.0.1:${this.port}", ` +
						`"https:127.0.0.1:${this.tlsPort}"}\ntls_cert = "cert.pem"\n` +
						'tls_key = "key.pem"',
				),
			);
		}
		if (this.options.page) writeFileSync(join(this.dir, 'gw', 'page.html'), this.options.page);
		if (this.options.as)
			spawnSync('chown', ['-R', `${this.options.as.uid}:${this.options.as.gid}`, this.dir]);
		return this;
	}
	// Another davyd of this gateway, with its keys and people, at an address of its own.
	async mate(options = this.options) {
		const other = await new Gateway(options).make();
		for (const f of ['gateway.key', 'gateway.card'])
			copyFileSync(join(this.dir, 'gw', f), join(other.dir, 'gw', f));
		const { id, key, root, staff, people } = this;
		return Object.assign(other, { id, key, root, staff, people });
	}
	// `log KEY`, as the roster has it.
	logKey() {
		const r = spawnSync(join(BUILD, 'davyd'), ['log', '-c', this.conf], { encoding: 'utf8' });
		return r.stdout.split('\n')[0];
	}
	// davyd where its user can reach it: the tree may lie in root's own folder.
	program() {
		if (this.options.program || !this.options.as?.uid)
			return this.options.program || join(BUILD, 'davyd');
		const to = join(this.dir, 'davyd');
		if (!existsSync(to)) copyFileSync(join(BUILD, 'davyd'), to);
		return to;
	}
	async start() {
		const { world } = this.options;
		const [program, ...args] = [...(world ? ['nsenter', ...world] : []), this.program()];
		this.child = spawn(program, [...args, 'run', '-c', this.conf], {
			stdio: ['ignore', 'ignore', 'pipe'],
			env: Object.assign({}, process.env, this.options.env),
			...this.options.as,
		});
		this.child.stderr.on('data', (d) => {
			this.log += d;
		});
		this.gone = new Promise((ok) =>
			this.child.on('exit', (code, signal) => ok({ code, signal })),
		);
		for (let i = 0; i < 200; i++) {
			const r = await raw(
				this.port,
				'GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n',
				{
					ms: 1000,
				},
			);
			if (r.text.toString().includes(' 200 ')) return this;
			await sleep(50);
		}
		throw new Error('davyd did not start:\n' + this.log);
	}
	async stop() {
		if (!this.child || this.child.exitCode !== null) return null;
		this.child.kill('SIGTERM');
		const timer = setTimeout(() => this.child.kill('SIGKILL'), 15000);
		const how = await this.gone;
		clearTimeout(timer);
		return how;
	}
	// As when the power goes: none of them has time to put anything in order.
	async crash() {
		const all = [this.child.pid, ...['vault', 'face', 'tls'].flatMap((r) => this.children(r))];
		for (const signal of ['SIGSTOP', 'SIGKILL']) for (const pid of all) process.kill(pid, signal);
		await this.gone;
		await sleep(100);
	}
	async end() {
		await this.stop();
		rmSync(this.dir, { recursive: true, force: true });
	}
	// The processes of a role ('vault', 'face', 'tls') that live now. The parent says whom it started; a number
	// that was given to somebody else since is not ours to signal.
	children(role) {
		const pids = [...this.log.matchAll(/event=child-start role=(\w+) index=\S+ pid=(\d+)/g)]
			.filter((m) => m[1] === role)
			.map((m) => Number(m[2]));
		return [...new Set(pids)].filter((p) => parentOf(p) === this.child.pid);
	}
	async exchange(f) {
		const r = await raw(this.port, post(f, 'Connection: close\r\n'), { ms: 20000 });
		const [a] = parse(r.text);
		return a && a.code === 200 ? readAnswer(this, f, a.body) : null;
	}
	as(who, op, fields) {
		return this.exchange(frame(this, op, this.people[who], fields));
	}
	// The first roster, signed here and put as a registrar does.
	// log: lines behind the `log` line; minute: of the gateway, where that is not now.
	// by: the davyd that get the parts, in turn.
	async roster({ version = 1, log = '', minute, by = [this] } = {}) {
		const gw = this.id.toString('hex');
		const day = (n) => new Date(Date.now() + n * 864e5).toISOString().slice(0, 10);
		let members = `davylamp/v1 members\ngateway ${gw}\n`;
		for (const [n, desk, roles] of this.staff)
			members +=
				`member ${this.people[n].handle.toString('hex')}\n name ${n}\n desk ` +
				`${desk}\n roles ${roles}\n` +
				` sign ${this.people[n].pub.toString('base64')}\n seal ` +
				`${this.people[n].seal || randomBytes(1216).toString('base64')}\n`;
		let text =
			`davylamp/v1 roster\ngateway ${gw} ${this.key.toString('base64')}\nversion ${version}\n` +
			`previous ${'0'.repeat(64)}\n` +
			`from ${day(0)}\nuntil ${day(30)}\nmembers ` +
			`${sha('sha256', members).toString('hex')}\nbackstop ${deployment.backstop}\n` +
			(this.options.log ? `${this.logKey()}\n${log}` : '') +
			'name 演示\n';
		for (const d of deployment.desks) {
			const [lead] =
				this.staff.find(
					([, desk, roles]) => desk === d.number && /lead/.test(roles),
				) || [];
			if (lead) text += `${deskText(d)} lead ${this.people[lead].pub.toString('base64')}\n`;
		}
		const hash = sha('sha256', 'root-1\n', Buffer.from([1]), this.root.pub).subarray(0, 4);
		const note = Buffer.from(
			`${text}\n\u2014 root-1 ` +
				`${Buffer.concat([hash, this.root.sign(Buffer.from(text))]).toString('base64')}\n`,
		);
		const up = Buffer.concat([
			Buffer.from(`roster ${note.length}\n`),
			note,
			Buffer.from(`members ${Buffer.byteLength(members)}\n${members}end\n`),
		]);
		const parts = Math.ceil(up.length / 16128);
		let a = null;
		for (let part = 0; part < parts; part++)
			a = await by[part % by.length].as('reg', OP.rosterPut, {
				part,
				parts,
				length: up.length,
				minute,
				body: up.subarray(part * 16128, (part + 1) * 16128),
			});
		if (!a || a.status !== 'ok')
			throw new Error('roster put: ' + (a && a.status) + '\n' + this.log);
		return this;
	}
	// A new source: what she sends to open a case.
	source(desk = 1, ladder = 0) {
		const key = newKey();
		const s = { key, id: caseId(key.pub), t: randomBytes(32), tip: randomBytes(16128) };
		s.proof = sha('sha256', s.t);
		s.open = frame(this, OP.open, key, {
			id: s.id,
			desk,
			ladder,
			proof: s.proof,
			body: s.tip,
		});
		s.poll = (number = 0, minute) => frame(this, OP.poll, key, { id: s.id, number, minute });
		return s;
	}
}
export const gateway = async (options) => (await new Gateway(options).make()).start();
