// Machines of a test's own, each a network namespace, and a wire between any two of them: a bridge in one more
// namespace, the switch. A namespace lives as long as its holder does, and that as long as the test; nothing of the
// machine's own network is touched, and nothing is left. Needs root.
import { spawn, spawnSync } from 'node:child_process';

// A namespace; `world` is what nsenter takes to go into it.
async function namespace() {
	const script = 'ip link set lo up && echo there && exec sleep 900';
	const args = ['--pdeathsig', 'KILL', 'unshare', '-n', 'sh', '-c', script];
	const holder = spawn('setpriv', args, { stdio: ['ignore', 'pipe', 'ignore'] });
	const there = await new Promise((ok) => {
		holder.stdout.on('data', () => ok(true));
		holder.on('error', () => ok(false)).on('exit', () => ok(false));
	});
	const { pid } = holder;
	return there ? { pid, world: ['-t', String(pid), '-n'], end: () => holder.kill('SIGKILL') } : null;
}

// Lines as for `ip -batch`, or for bridge, in that namespace.
function lines(at, program, ...all) {
	const r = spawnSync('nsenter', [...at.world, program, '-batch', '-'], { input: all.join('\n') });
	if (r.status !== 0) throw new Error(`${program}: ${r.stderr}`);
}

export class Lan {
	constructor() {
		this.all = [];
		this.wires = new Map();
	}
	// False where there can be none.
	async start() {
		this.middle = process.getuid() === 0 && (await this.machine());
		return !!this.middle;
	}
	async machine() {
		const m = await namespace();
		if (m) this.all.push(m);
		return m;
	}
	// The wire from one machine to another; `host` is the other one's address on it.
	wire(from, to) {
		const [a, b] = [from, to].sort((x, y) => x.pid - y.pid);
		const key = `${a.pid} ${b.pid}`;
		if (!this.wires.has(key)) this.wires.set(key, this.lay(a, b, this.wires.size + 1));
		const n = this.wires.get(key);
		const ports = [`w${n}a`, `w${n}b`];
		return {
			host: `10.77.${n}.${to === a ? 1 : 2}`,
			port: 5432,
			// The switch passes nothing on, and nobody is told.
			quiet: (on) =>
				lines(
					this.middle,
					'bridge',
					...ports.map((p) => `link set dev ${p} state ${on ? 0 : 3}`),
				),
			// The plugs are out: both machines see that they have no carrier.
			pull: (on) =>
				lines(
					this.middle,
					'ip',
					...ports.map((p) => `link set ${p} ${on ? 'down' : 'up'}`),
				),
		};
	}
	lay(a, b, n) {
		lines(this.middle, 'ip', `link add w${n} type bridge`, `link set w${n} up`);
		for (const [m, end, i] of [
			[a, 'a', 1],
			[b, 'b', 2],
		]) {
			const port = `w${n}${end}`;
			const veth = `link add ${port} type veth peer name w${n} netns ${m.pid}`;
			lines(this.middle, 'ip', veth, `link set ${port} master w${n} up`);
			lines(m, 'ip', `addr add 10.77.${n}.${i}/24 dev w${n}`, `link set w${n} up`);
		}
		return n;
	}
	end() {
		for (const m of this.all) m.end();
	}
}
