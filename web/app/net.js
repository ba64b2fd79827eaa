// The beat: while the page is open, one frame leaves at random intervals of one distribution. It is a real
// frame if one waits, otherwise a decoy. Everything that is to be sent waits here for its beat. Where the deployer has
// turned the cover off, nothing leaves while nothing waits.
import { concat } from '../core/bytes.js';
import { answer, decoy, solve } from '../core/frame.js';
import { REPLY_LEN, veil } from '../core/ohttp.js';
import { checkKey, checkTime, readingBundle } from '../core/roster.js';
import { below } from '../core/random.js';
import { inSteps } from '../core/steps.js';
import { conf } from './config.js';
import { pause } from './dom.js';

const TIMEOUT = 30000;
const ROSTER_MAX = 4 << 20;
const STEPS_MS = 30; // a slow phone works so long at one go
const ROSTER_EVERY = 5; // beats between two attempts to get a roster that may be used

// A job: { frame() → bytes, or null if nothing is ready; got(answer) → true when done; minute: needs the
// gateway's time; burst: how many frames may leave on one beat (1) }.
export const net = {
	roster: null,
	rosterError: '', // a code of RosterError, or ''
	minute: 0, // the gateway's minute, from its last verified answer
	puzzle: null,
	up: null, // null = unknown, otherwise whether the last exchange succeeded
	forged: false, // something answered that is not our gateway
	busy: '', // 'busy' or 'full', from the last answer, for the text on the screen
	jobs: [],
	idle: null, // makes a job for a beat that has nothing to send; used in place of a decoy
	changed: () => {},
};

// Answers must be signed by this key: the one that the page was built with, whose roster is minVersion, or the one
// that a newer roster has named since.
let held = { key: conf.gatewayKey, version: conf.minVersion };
let origin = 0;
let timer = 0;
let abort = null;
let running = false; // null once it has been stopped, for good
let beats = 0;
let begun = 0; // when the last request left
let ended = 0; // when the last exchange ended
let due = 0; // when the next beat leaves
let resting = []; // functions that wait for the quiet time after an exchange

// Reads at most max bytes: an endless answer must not use the memory that holds her words.
async function bounded(reader, max) {
	const parts = [];
	let n = 0;
	for (let r = await reader.read(); !r.done; r = await reader.read()) {
		n += r.value.length;
		if (n > max) {
			reader.cancel();
			throw new Error('too long');
		}
		parts.push(r.value);
	}
	return concat(...parts);
}

async function ask(path, init, max) {
	await pause(due - performance.now());
	if (!running) throw new Error('left');
	begun = performance.now();
	const ctl = (abort = new AbortController());
	const late = setTimeout(() => ctl.abort(), TIMEOUT);
	try {
		const r = await fetch(
			conf.origins[origin] + path,
			Object.assign(
				{
					credentials: 'omit',
					referrerPolicy: 'no-referrer',
					cache: 'no-store',
					redirect: 'error',
					signal: ctl.signal,
				},
				init,
			),
		);
		if (r.status !== 200) throw new Error('http ' + r.status);
		return await bounded(r.body.getReader(), max);
	} finally {
		ended = performance.now();
		clearTimeout(late);
	}
}

const phoneDay = () => Math.floor(Date.now() / 86400000);
const gatewayDay = () => (net.minute ? Math.floor(net.minute / 1440) : null);

// The day that certificates are judged by. It is never before the day on which the page was built:
// otherwise a gateway that turns its clock back could bring back keys that have expired.
export const today = () => Math.max(conf.built, net.minute ? gatewayDay() : phoneDay());

function setRosterError(e) {
	net.rosterError = e.code || 'form';
}

// The roster, if it may be used now; otherwise null, and rosterError tells the reason.
export function roster() {
	if (!net.roster) return null;
	try {
		checkTime(net.roster, conf.built, phoneDay(), gatewayDay());
		net.rosterError = '';
		return net.roster;
	} catch (e) {
		setRosterError(e);
		return null;
	}
}

// In steps, so that she can tap and type meanwhile; a few short ones are one.
let rested = 0;
async function breath() {
	if (performance.now() - rested < STEPS_MS) return;
	await pause();
	rested = performance.now();
}
const read = (bytes) => inSteps(readingBundle(bytes, conf), breath);

async function fetchRoster() {
	const bytes = await ask('/roster', { method: 'GET' }, ROSTER_MAX);
	try {
		const r = await read(bytes);
		if (!net.roster || r.version >= net.roster.version) {
			checkKey(r, held, conf.built, phoneDay(), gatewayDay());
			held = { key: r.gateway.key, version: r.version };
			net.roster = r;
		}
		net.rosterError = '';
	} catch (e) {
		setRosterError(e);
	}
}

// Through a relay that cannot read it, in the edition that does so.
async function veiled(frame) {
	const v = veil(conf.veil, frame);
	return v.open(await ask('/veil', { method: 'POST', body: v.asked.buffer }, REPLY_LEN));
}

async function exchange(frame) {
	await solve(frame, net.puzzle, pause);
	const bytes = __VEIL__
		? await veiled(frame)
		: await ask('/x', { method: 'POST', body: frame.buffer }, frame.length);
	let a;
	try {
		a = answer(bytes, frame, held.key);
	} catch (e) {
		net.forged = true;
		throw e;
	}
	net.forged = false;
	net.minute = a.minute;
	net.puzzle = a.puzzle;
	return a;
}

// If a job has nothing ready yet, a decoy is sent in its place, so that no beat is missed.
async function one(job) {
	const real = job ? await job.frame() : null;
	if (!real) job = null;
	const a = await exchange(real || decoy(conf.gatewayId));
	net.up = true;
	net.busy = a.status === 'busy' || a.status === 'full' ? a.status : '';
	if (!job || a.status === 'busy' || a.status === 'stale') return false;
	return job.got(a);
}

function nextJob() {
	const job = net.jobs[0] || (net.idle && net.idle());
	return job && job.minute && !net.minute ? null : job;
}

async function beat() {
	try {
		// Where somebody else seems to answer, the roots may have given the gateway another key since.
		if ((!roster() || net.forged) && beats++ % ROSTER_EVERY === 0) await fetchRoster();
		const quiet = !conf.cover && !net.jobs.length && !net.idle;
		if (quiet) ended = performance.now();
		for (let n = 0, max = quiet ? 0 : 1; n < max && running; n++) {
			const job = nextJob();
			if (n && !job) break;
			if (job && job.burst) max = job.burst;
			if (await one(job)) net.jobs = net.jobs.filter((j) => j !== job);
		}
	} catch (e) {
		if (!running) return;
		net.up = false;
		origin = (origin + 1) % conf.origins.length;
	}
	net.changed();
	schedule();
}

// The next beat is counted from the time when the last request left: when this phone has read the answer depends on
// what she does meanwhile. Only where the answer takes long is it counted from there. The frame is made before it is
// due, so that the time for that does not show either.
function schedule() {
	if (!running) return;
	const [lo, hi] = conf.beat;
	due = Math.max(begun, ended - lo / 2) + lo + below(hi - lo + 1);
	timer = setTimeout(beat, due - lo / 4 - performance.now());
	resting.splice(0).forEach((done) => setTimeout(done));
}

// Work that keeps the phone busy must not delay a beat. A short piece goes on at once if the next beat is far enough,
// otherwise after it; a long one always begins right after an exchange.
export const rest = (long) =>
	new Promise((done) => {
		if (!long && due - performance.now() > conf.beat[0] / 2) setTimeout(done);
		else resting.push(done);
	});

export async function start() {
	if (running === null) return; // she left before the first screen was painted
	running = true;
	if (conf.roster)
		try {
			net.roster = await read(conf.roster);
		} catch (e) {
			setRosterError(e);
		}
	try {
		await fetchRoster();
	} catch (e) {
		net.up = false;
		origin = (origin + 1) % conf.origins.length;
	}
	begun = ended; // the first frame does not leave while the roster is read
	net.changed();
	schedule();
}

export function stop() {
	running = null;
	clearTimeout(timer);
	if (abort) abort.abort();
	resting = [];
	net.jobs = [];
	net.idle = null;
	net.changed = () => {};
}

export function put(job) {
	net.jobs.push(job);
	return job;
}

export function drop(job) {
	net.jobs = net.jobs.filter((j) => j !== job);
}
