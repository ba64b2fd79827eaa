// A gateway that is not one: serves files as /roster and lies on /x, as the file MODE says.
//   node fake.mjs DIR        DIR/roster, DIR/mode; writes DIR/port
import { createServer } from 'node:http';
import { readFileSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync, createHash, sign } from 'node:crypto';

const dir = process.argv[2];
const mode = () => readFileSync(`${dir}/mode`, 'utf8').trim();
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
const sha512 = (...parts) => parts.reduce((h, b) => h.update(b), createHash('sha512')).digest();
const payloadHash = (f) => sha512(f.subarray(128, 256), sha512(f.subarray(256)));

// A well-formed ok answer, signed for this very request, by a key of our own.
function answer(request, showKey) {
	const a = Buffer.alloc(16384);
	a.write('DVY1');
	a[4] = 0x80;
	a.writeBigUInt64LE(BigInt(Math.floor(Date.now() / 60000)), 24);
	showKey.copy(a, 32);
	const h = payloadHash(request);
	const r = sha512(request.subarray(0, 128), h);
	const said = Buffer.concat([Buffer.from('davylamp/v1 answer'), r, a.subarray(0, 64), payloadHash(a)]);
	sign(null, said, privateKey).copy(a, 64);
	return a;
}

const pinned = () =>
	Buffer.from(readFileSync(`${dir}/card`, 'utf8').match(/^gateway \S+ (\S+)$/m)[1], 'base64');
const lies = {
	'own-key': (req) => answer(req, raw), // its own key, openly
	'pinned-name': (req) => answer(req, pinned()), // the pinned key's name, its own signature
	short: () => Buffer.alloc(100),
	long: () => Buffer.alloc(20000),
	zeros: () => Buffer.alloc(16384),
};

const server = createServer((req, res) => {
	const body = [];
	req.on('data', (d) => body.push(d));
	req.on('end', () => {
		if (mode() === 'redirect') {
			res.writeHead(302, { location: '/roster' });
			return res.end();
		}
		if (req.method === 'GET') return res.end(readFileSync(`${dir}/roster`));
		res.end(lies[mode()](Buffer.concat(body)));
	});
});
server.listen(0, '127.0.0.1', () => writeFileSync(`${dir}/port`, String(server.address().port)));
setTimeout(() => process.exit(), 120000).unref();
