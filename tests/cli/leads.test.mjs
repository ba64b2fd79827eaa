#!/usr/bin/env node
// davy site verify and davy doctor behind a relay: where the gateway's name leads, and whether the gateway answers
// without it. Names are those of a hosts file that only the program sees.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gateway } from '../lib/davyd.mjs';
import { is, ok, run, skip } from '../lib/tap.mjs';

const davy = join(process.env.BUILD || 'build', 'davy');
const dir = mkdtempSync(join(tmpdir(), 'leads-'));
const file = join(dir, 'page.html');
const hosts = join(dir, 'hosts');
const page = '<!DOCTYPE html><title>首页</title>' + 'x'.repeat(2000);
writeFileSync(file, page);
writeFileSync(
	hosts,
	'127.0.0.1 one.example two.example mixed.example\n127.0.0.2 two.example\n127.0.0.3 mixed.example\n',
);
const caged = ['--dev-bind', '/', '/', '--bind', hosts, '/etc/hosts'];
const cage = spawnSync('bwrap', [...caged, 'true']).status === 0;
const server = createServer((req, res) => res.end(page));
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const { port } = server.address();

const davyWith = (args) =>
	new Promise((done) => {
		const command = cage ? ['bwrap', ...caged, davy] : [davy];
		const p = spawn(command[0], [...command.slice(1), ...args], {
			env: { ...process.env, LC_ALL: 'C.UTF-8', HOME: dir },
		});
		let out = '';
		for (const s of [p.stdout, p.stderr]) s.on('data', (b) => (out += b));
		p.on('close', (code) => done({ code, out }));
	});
const verify = (host, ...args) =>
	davyWith(['site', 'verify', '--page', file, ...args, `http://${host}:${port}/`]);

async function testNames() {
	if (!cage) return skip('names', 'pictures need user namespaces, which nobody may make here');
	let r = await verify('one.example', '--relay', '127.0.0.1');
	is(r.code, 0, 'a name that leads to the relay', r.out);
	ok(/leads to the relay: 127\.0\.0\.1\n/.test(r.out), 'is said', r.out);
	r = await verify('two.example', '--relay', '127.0.0.1', '--relay', '127.0.0.2');
	is(r.code, 0, 'two relays', r.out);
	r = await verify('two.example', '--relay', '127.0.0.1');
	is(r.code, 1, 'one of them is not named');
	ok(
		/two\.example leads to 127\.0\.0\.2, which is no address of the relay/.test(r.out),
		'that one',
		r.out,
	);
	r = await verify('mixed.example', '--relay', '127.0.0.1', '--behind', '127.0.0.3');
	is(r.code, 1, 'a name that leads to the relay and to the gateway');
	ok(/127\.0\.0\.3, which is the gateway itself/.test(r.out), 'is told as what it is', r.out);
	ok(!/this page/.test(r.out), 'before anything is fetched', r.out);
	r = await verify('none.example', '--relay', '127.0.0.1');
	is(r.code, 3, 'a name that is not found: again', r.out);
}

async function testAddresses() {
	let r = await verify('127.0.0.1', '--relay', '127.0.0.1');
	is(r.code, 0, 'an address is its own name', r.out);
	is((await verify('127.0.0.1', '--relay', '127.0.0.2')).code, 1, 'and another one is another one');
	r = await verify('127.0.0.1', '--relay', '::ffff:127.0.0.1');
	is(r.code, 0, 'an address in the other notation is the same', r.out);
	is(
		(await verify('127.0.0.1', '--relay', 'relay.example')).code,
		2,
		'a relay is named by its address',
	);
	is((await verify('127.0.0.1', '--behind', '127.0.0.9')).code, 2, 'the gateway alone says nothing');
	is(
		(await verify('127.0.0.1', '--relay', '127.0.0.1', '--via', 'socks5h://127.0.0.1:1')).code,
		2,
		'with a proxy no name is looked up here',
	);
	r = await verify('127.0.0.1', '--relay', '127.0.0.1', '--behind', '127.0.0.9');
	is(r.code, 0, 'a gateway that takes no connection from here', r.out);
	const wide = createServer((req, res) => res.end(page));
	await new Promise((done) => wide.listen(port, '127.0.0.9', done));
	r = await verify('127.0.0.1', '--relay', '127.0.0.1', '--behind', '127.0.0.9');
	is(r.code, 1, 'and one that does');
	ok(
		/127\.0\.0\.9 takes a connection from here, without the relay/.test(r.out),
		'which is said',
		r.out,
	);
	wide.close();
}

async function testDoctor() {
	const gw = await gateway();
	try {
		await gw.roster();
		const home = join(dir, 'home');
		const as = (...args) => davyWith(['--home', home, ...args]);
		const url = `http://127.0.0.1:${gw.port}`;
		let r = await as('gateway', 'connect', url, '--card', join(gw.dir, 'gw/gateway.card'));
		is(r.code, 0, 'a home', r.out);
		r = await as('doctor');
		ok(!/relay/.test(r.out), 'doctor says nothing of a relay that is not named', r.out);
		r = await as('doctor', '--relay', '127.0.0.1', '--behind', '127.0.0.9');
		ok(/✓ relay: 127\.0\.0\.1\n/.test(r.out), 'the address leads to the relay', r.out);
		r = await as('doctor', '--relay', '127.0.0.7', '--behind', '127.0.0.1');
		ok(/✗ relay: .*which is the gateway itself/.test(r.out), 'or to the gateway', r.out);
		is(r.code, 1, 'which is not well');
		r = await as('doctor', '--relay', '127.0.0.7', '--json');
		ok(
			/"check":"relay","ok":false/.test(r.out.replace(/\s/g, '')),
			'for programs as well',
			r.out,
		);
		is((await as('doctor', '--relay', 'x')).code, 1, 'no number is not well either');
		const hidden = join(dir, 'hidden');
		const proxy = ['--proxy', 'socks5h://127.0.0.1:9'];
		await davyWith([
			'--home',
			hidden,
			'gateway',
			'connect',
			url,
			'--card',
			join(gw.dir, 'gw/gateway.card'),
			...proxy,
		]);
		r = await davyWith(['--home', hidden, 'doctor', '--relay', '127.0.0.1']);
		ok(
			/✗ relay: this home uses a proxy/.test(r.out),
			'a home with a proxy looks up no name',
			r.out,
		);
	} finally {
		await gw.end();
	}
}

await run(async () => {
	await testNames();
	await testAddresses();
	await testDoctor();
});
server.close();
server.closeAllConnections();
rmSync(dir, { recursive: true });
process.exit(process.exitCode);
