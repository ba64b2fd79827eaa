// A port on 127.0.0.1 that nobody uses, for a server which starts a moment later. It is below the range from which the
// kernel takes the ports of outgoing connections (32768 and above), so that no connection of another test can be given
// it in between; and it is drawn, so that two tests that ask at once get two.
//   node tests/lib/port.mjs       prints one
import { createServer } from 'node:net';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

export async function freePort() {
	for (;;) {
		const port = 10000 + Math.floor(Math.random() * 22000);
		const s = createServer();
		const free = await new Promise((ok) => {
			s.on('error', () => ok(false));
			s.listen(port, '127.0.0.1', () => ok(true));
		});
		if (!free) continue;
		await new Promise((ok) => s.close(ok));
		return port;
	}
}

if (argv[1] === fileURLToPath(import.meta.url)) console.log(await freePort());
