// SIGKILL for the vault while exchanges are under way, at moments that a seed repeats. How long an exchange takes is
// the machine's: the span from which a moment is drawn follows it, so that kills fall into the middle on any machine.
import { sleep } from './davyd.mjs';

export function killer(gw, rnd) {
	let span = 12;
	const self = {
		killed: 0, // in the middle of something
		vault() {
			const [pid] = gw.children('vault');
			if (!pid) return;
			try {
				process.kill(pid, 'SIGKILL');
			} catch {} // gone by itself
		},
		// The vault's pauses grow with each end of it until the parent is new.
		async anew() {
			gw.child.kill('SIGKILL');
			await gw.gone;
			await sleep(200);
			await gw.start();
		},
		// The answer of `work`, with up to three kills on the way.
		async during(work) {
			let done = false;
			const answer = work().finally(() => {
				done = true;
			});
			for (let k = 0; k < 3 && !done; k++) {
				await sleep(rnd(span));
				self.killed += !done;
				span = Math.max(2, Math.min(24, span + (done ? -2 : 1)));
				self.vault();
				for (let ms = 0; ms < 2000 && !done && !gw.children('vault').length; ms += 10)
					await sleep(10);
			}
			return answer;
		},
	};
	return self;
}
