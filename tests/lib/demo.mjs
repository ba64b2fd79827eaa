// A whole demo deployment (tests/lib/world) with its gateway running, for tests that need the real programs.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILD, ROOT } from './browser.mjs';

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const answers = (url) =>
	new Promise((done) => {
		get(url, (r) => {
			r.resume();
			done(r.statusCode === 200);
		}).on('error', () => done(false));
	});

// beat: milliseconds "lo,hi" for the page. DEMO_READY names a folder that is made already.
export async function demoFixture(beat = '100,200') {
	const dir = process.env.DEMO_READY || mkdtempSync(join(tmpdir(), 'world-'));
	if (!existsSync(join(dir, 'demo.json')))
		execFileSync(join(ROOT, 'tests/lib/world'), [dir], {
			env: Object.assign({}, process.env, { BUILD, DEMO_BEAT: beat }),
			stdio: ['ignore', 'ignore', 'inherit'],
		});
	const demo = JSON.parse(readFileSync(join(dir, 'demo.json'), 'utf8'));
	let gateway, ended;
	const start = async () => {
		gateway = spawn(demo.davyd, ['run', '-c', demo.conf], {
			stdio: ['ignore', 'ignore', 'inherit'],
		});
		ended = new Promise((done) => gateway.on('exit', done));
		for (let i = 0; i < 100 && !(await answers(demo.address + '/healthz')); i++) await sleep(100);
	};
	const stop = async () => {
		gateway.kill();
		const kill = setTimeout(() => gateway.kill('SIGKILL'), 8000);
		await ended;
		clearTimeout(kill);
	};
	await start();
	return {
		start,
		stop,
		dir,
		demo,
		address: demo.address + '/',
		// davy as the owner of a home: its JSON envelope.
		davy(home, ...args) {
			const r = spawnSync(
				demo.davy,
				[
					'--home',
					join(dir, home),
					'--passphrase-file',
					demo.passphrase_file,
					'--json',
					...args,
				],
				{ encoding: 'utf8', timeout: 60000 },
			);
			try {
				return JSON.parse(r.stdout);
			} catch (e) {
				return {
					ok: false,
					data: null,
					error: { code: 'crash', text: r.stdout + r.stderr + r.signal },
				};
			}
		},
		async close() {
			await stop();
			if (!process.env.DEMO_READY) rmSync(dir, { recursive: true, force: true });
		},
	};
}
