// The little of TAP that the tests in JavaScript need: one line a check, a plan at the end, an exit status.
import { spawnSync } from 'node:child_process';
import { webcrypto } from 'node:crypto';

if (!globalThis.crypto) globalThis.crypto = webcrypto; // node 18

let n = 0;
let bad = 0;

export function ok(pass, what, why) {
	n++;
	if (!pass) bad++;
	console.log((pass ? 'ok ' : 'not ok ') + n + ' - ' + what);
	if (!pass && why !== undefined) console.log('# ' + String(why).replace(/\n/g, '\n# '));
	return !!pass;
}

export const is = (got, want, what) =>
	ok(got === want, what, got === want ? '' : 'got ' + String(got) + '\nwant ' + String(want));

export function throws(fn, what) {
	try {
		fn();
	} catch (e) {
		return ok(true, what);
	}
	return ok(false, what, 'nothing was thrown');
}

export const note = (s) => console.log('# ' + s);

export function skip(what, why) {
	n++;
	console.log('ok ' + n + ' - ' + what + ' # SKIP ' + why);
}

// Skips the whole program where the tree is built with a sanitizer; call it before anything else.
export function notSanitized(why) {
	if (!process.env.SANITIZE) return;
	console.log('1..0 # SKIP ' + why);
	process.exit(0);
}

// Skips the whole program where nobody may make a sandbox, as in a container; call it before anything else.
export function needsSandbox() {
	if (spawnSync('bwrap', ['--unshare-user', '--ro-bind', '/', '/', 'true']).status === 0) return;
	console.log('1..0 # SKIP pictures need user namespaces, which nobody may make here');
	process.exit(0);
}

// A limit on the memory of a process; a sanitizer needs memory of its own, so the check is skipped under one.
export const fits = (good, what, detail) =>
	process.env.SANITIZE ? skip(what, 'a sanitizer has memory of its own') : ok(good, what, detail);

export function done() {
	console.log('1..' + n);
	process.exitCode = bad ? 1 : 0;
}

// Runs the test and turns what it throws into a failure.
export async function run(fn) {
	try {
		await fn();
	} catch (e) {
		ok(false, 'the test ran to its end', e && e.stack);
	}
	done();
}
