// A program on a real terminal (tmux): keys go in one by one and are counted, and what the screen shows comes out.
import { execFileSync } from 'node:child_process';

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
// How many columns a character takes.
const wide = (c) =>
	/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/.test(
		c,
	);

export class Terminal {
	constructor(name, width, height, command, env = {}) {
		this.socket = `davylamp-${process.pid}-${name}`;
		this.keys = 0;
		this.typed = [];
		const words = Object.entries({ LC_ALL: 'C.UTF-8', TERM: 'screen-256color', ...env })
			.map(([k, v]) => `${k}='${v}'`)
			.join(' ');
		this.tmux(
			'-f',
			'/dev/null',
			'new-session',
			'-d',
			'-s',
			's',
			'-x',
			width,
			'-y',
			height,
			`exec env ${words} ${command}`,
		);
	}

	tmux(...args) {
		return execFileSync('tmux', ['-L', this.socket, ...args.map(String)], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'],
		});
	}

	get pid() {
		return Number(this.tmux('display-message', '-p', '-t', 's', '#{pane_pid}'));
	}

	get alive() {
		try {
			return this.tmux('has-session', '-t', 's') === '';
		} catch {
			return false;
		}
	}

	screen(history = 0) {
		return this.tmux('capture-pane', '-t', 's', '-p', ...(history ? ['-S', -history] : []));
	}

	// The line that is shown reversed below the header, where the cursor of a form is.
	get marked() {
		const lines = this.tmux('capture-pane', '-t', 's', '-p', '-e').split('\n').slice(1);
		return (lines.find((l) => /\x1b\[([\d;]*;)?7m/.test(l)) ?? '').replace(/\x1b\[[0-9;]*m/g, '');
	}

	// Special keys by their name of tmux ('Enter'), a text of characters as {text}.
	send(...keys) {
		for (const k of keys) {
			this.typed.push(typeof k === 'string' ? k : k.text);
			this.keys += typeof k === 'string' ? 1 : [...k.text].length;
			this.tmux('send-keys', '-t', 's', ...(typeof k === 'string' ? [k] : ['-l', k.text]));
		}
	}

	// Waits for a screen for which the function gives something; that is returned.
	async until(what, seen, ms = 15000) {
		for (const end = Date.now() + ms; ; await sleep(12)) {
			const text = this.screen();
			const got = seen(text);
			if (got) return got;
			if (Date.now() > end) throw new Error(`${what} did not come; the screen:\n${text}`);
		}
	}

	// Sends keys, and waits until the screen has changed and stands still.
	async press(...keys) {
		const before = this.screen();
		this.send(...keys);
		let last = '';
		for (const end = Date.now() + 1500; Date.now() < end; await sleep(12)) {
			const now = this.screen();
			if (now !== before && now === last) break;
			last = now;
		}
		return last;
	}

	// The screen once it stands still: a screen that is being drawn has lines of the one before.
	async still() {
		let last = this.screen();
		for (let same = 0; same < 3; ) {
			await sleep(20);
			const now = this.screen();
			same = now === last ? same + 1 : 0;
			last = now;
		}
		return last;
	}

	end() {
		try {
			this.tmux('kill-server');
		} catch {
			/* it has ended by itself */
		}
	}
}

// The columns from..to of a line.
export function columns(line, from, to = Infinity) {
	let at = 0,
		out = '';
	for (const c of line) {
		if (at >= from && at < to) out += c;
		at += wide(c) ? 2 : 1;
	}
	return out;
}
