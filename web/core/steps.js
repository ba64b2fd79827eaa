// Long work in steps: a generator that yields where it may be interrupted, and returns what it made.

// The whole of it at once.
export function atOnce(steps) {
	for (;;) {
		const { done, value } = steps.next();
		if (done) return value;
	}
}

// One step after the other; each waits until rest() lets it go on, and gets what the one before it asked for.
export async function inSteps(steps, rest) {
	for (let got; ; ) {
		await rest();
		const { done, value } = steps.next(got);
		got = await value;
		if (done) return got;
	}
}
