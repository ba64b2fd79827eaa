// Between davy and a gateway: passes everything on, but loses the answers to the first N replies, and keeps the answer
// to a frame of the op OP (hex) for itself: then davy waits, and can be killed.
//   node lossy.mjs DIR SOCKET N [OP]      writes DIR/lossy-port; DIR/replies: a hash of each one's bytes; DIR/held
import { createServer, request } from 'node:http';
import { createHash } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';

const [dir, socketPath, lose, hold] = process.argv.slice(2);
let seen = 0;
const server = createServer((req, res) => {
	const parts = [];
	req.on('data', (d) => parts.push(d));
	req.on('end', () => {
		const body = Buffer.concat(parts);
		const reply = body.length === 16384 && body[4] === 0x22 && body[128 + 16] === 0;
		if (reply)
			appendFileSync(
				`${dir}/replies`,
				createHash('sha256').update(body.subarray(256)).digest('hex') + '\n',
			);
		const up = request(
			{ socketPath, path: req.url, method: req.method, headers: req.headers },
			(a) => {
				const got = [];
				a.on('data', (d) => got.push(d));
				a.on('end', () => {
					if (hold && body.length === 16384 && body[4] === parseInt(hold, 16))
						return writeFileSync(`${dir}/held`, '');
					if (reply && seen++ < Number(lose)) return req.socket.destroy();
					res.writeHead(a.statusCode, {
						'content-length': Buffer.concat(got).length,
						...(a.headers['content-encoding'] && {
							'content-encoding': a.headers['content-encoding'],
						}),
					});
					res.end(Buffer.concat(got));
				});
			},
		);
		up.on('error', () => req.socket.destroy());
		up.end(body);
	});
});
server.listen(0, '127.0.0.1', () => writeFileSync(`${dir}/lossy-port`, String(server.address().port)));
setTimeout(() => process.exit(), 120000).unref();
