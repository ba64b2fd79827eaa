// A SOCKS5 proxy that takes names only: every name leads to one port here. It notes what was asked.
//   node socks.mjs DIR PORT      writes DIR/proxy (its port) and DIR/asked
import { createServer, connect } from 'node:net';
import { appendFileSync, writeFileSync } from 'node:fs';

const [dir, port] = process.argv.slice(2);
const server = createServer((c) => {
	c.on('error', () => {});
	c.once('data', () => {
		c.write(Buffer.from([5, 0]));
		c.once('data', (q) => {
			if (q[3] !== 3) {
				appendFileSync(`${dir}/asked`, `address ${q[3]}\n`);
				return c.end(Buffer.from([5, 8, 0, 1, 0, 0, 0, 0, 0, 0]));
			}
			const at = 5 + q[4];
			appendFileSync(`${dir}/asked`, `name ${q.subarray(5, at)}:${q.readUInt16BE(at)}\n`);
			const to = connect(Number(port), '127.0.0.1', () => {
				c.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
				c.pipe(to).pipe(c);
			});
			to.on('error', () => c.destroy());
		});
	});
});
server.listen(0, '127.0.0.1', () => writeFileSync(`${dir}/proxy`, String(server.address().port)));
setTimeout(() => process.exit(), 60000).unref();
