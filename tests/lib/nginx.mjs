// A real nginx with docs/nginx.conf, whose ports and paths are put in.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { sleep } from './davyd.mjs';
import * as T from './tap.mjs';

const DAVYD = 'unix:/run/davylamp/front/davyd.sock';

// at: a folder with cert.pem, key.pem and tmp; upstream: where davyd is, as nginx writes it, or another place of the
// file and what to put there; change: of the text.
export async function startNginx({ at, port, upstream, file = 'docs/nginx.conf', change = (text) => text }) {
	let text = readFileSync(file, 'utf8');
	const put = (a, b) => {
		if (!text.includes(a)) throw new Error(`${file} has no ${a}`);
		text = text.replace(a, b);
	};
	if (process.getuid() !== 0) put('user www-data;\n', '');
	put('/run/nginx.pid', join(at, 'nginx.pid'));
	put('listen 443 ssl', `listen 127.0.0.1:${port} ssl`);
	put('\t\tlisten [::]:443 ssl;\n', '');
	put(...(Array.isArray(upstream) ? upstream : [DAVYD, upstream]));
	put('/etc/davylamp/cert.pem', join(at, 'cert.pem'));
	put('/etc/davylamp/key.pem', join(at, 'key.pem'));
	/* Debian's folders for bodies are root's: in the test they are here. */
	const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
		.map((n) => `${n}_temp_path ${join(at, 'tmp', n)};`)
		.join(' ');
	put('http {\n', `http {\n\t${temp}\n`);
	writeFileSync(join(at, 'nginx.conf'), change(text));
	const args = ['-p', at, '-c', join(at, 'nginx.conf'), '-e', join(at, 'early.log')];
	const check = spawnSync('nginx', ['-t', ...args], { encoding: 'utf8' });
	T.ok(
		check.status === 0 && !/\[warn\]/.test(check.stderr),
		'nginx takes the documented configuration',
		check.stderr,
	);
	const child = spawn('nginx', [...args, '-g', 'daemon off;'], { stdio: ['ignore', 'pipe', 'pipe'] });
	child.said = '';
	for (const s of [child.stdout, child.stderr])
		s.on('data', (d) => {
			child.said += d;
		});
	child.gone = new Promise((ok) => child.on('exit', ok));
	/* Not by curl: it would wait for an upstream that may live in this program. */
	const answers = () =>
		new Promise((ok) => {
			const c = connect(port, '127.0.0.1', () => {
				c.destroy();
				ok(true);
			}).on('error', () => ok(false));
		});
	for (let i = 0; i < 100 && !(await answers()); i++) await sleep(50);
	return child;
}

export async function endNginx(child) {
	child.kill('SIGTERM');
	await child.gone;
}
