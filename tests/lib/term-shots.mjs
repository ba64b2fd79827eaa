// Draws what terminals showed, a picture NAME.png in OUT for each NAME.ansi, all by one browser.
//   tmux capture-pane -t s -e -p >NAME.ansi; node tests/lib/term-shots.mjs "davy inbox" OUT NAME.ansi…
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { launch } from './browser.mjs';

const PALETTE = [
	'#21262d',
	'#f47067',
	'#57ab5a',
	'#c69026',
	'#539bf5',
	'#b083f0',
	'#39c5cf',
	'#adbac7',
	'#768390',
	'#ff938a',
	'#6bc46d',
	'#daaa3f',
	'#6cb6ff',
	'#dcbdfb',
	'#56d4dd',
	'#ffffff',
];

const escapeHtml = (s) => s.replace(/&/g, '&amp;').replace(/</g, '&lt;');

function style(state) {
	const [fg, bg] = state.reverse
		? [state.bg ?? '#0d1117', state.fg ?? '#d0d7de']
		: [state.fg, state.bg];
	return [
		fg && `color:${fg}`,
		bg && `background:${bg}`,
		state.bold && 'font-weight:bold',
		state.dim && 'opacity:.65',
		state.underline && 'text-decoration:underline',
	]
		.filter(Boolean)
		.join(';');
}

function apply(state, codes) {
	const c = codes === '' ? [0] : codes.split(';').map(Number);
	for (let i = 0; i < c.length; i++) {
		if (c[i] === 0) Object.keys(state).forEach((k) => delete state[k]);
		else if (c[i] === 1) state.bold = true;
		else if (c[i] === 2) state.dim = true;
		else if (c[i] === 4) state.underline = true;
		else if (c[i] === 7) state.reverse = true;
		else if (c[i] === 22) {
			delete state.bold;
			delete state.dim;
		} else if (c[i] === 24) delete state.underline;
		else if (c[i] === 27) delete state.reverse;
		else if (c[i] >= 30 && c[i] <= 37) state.fg = PALETTE[c[i] - 30];
		else if (c[i] >= 90 && c[i] <= 97) state.fg = PALETTE[c[i] - 82];
		else if (c[i] === 39) delete state.fg;
		else if (c[i] >= 40 && c[i] <= 47) state.bg = PALETTE[c[i] - 40];
		else if (c[i] === 49) delete state.bg;
		else if ((c[i] === 38 || c[i] === 48) && c[i + 1] === 5) {
			state[c[i] === 38 ? 'fg' : 'bg'] = PALETTE[c[i + 2]] ?? '#d0d7de';
			i += 2;
		}
	}
}

function ansiToHtml(text) {
	const state = {};
	return text
		.split(/(\x1b\[[0-9;]*m)/)
		.map((part) => {
			const m = /^\x1b\[([0-9;]*)m$/.exec(part);
			if (m) {
				apply(state, m[1]);
				return '';
			}
			return part && `<span style="${style(state)}">${escapeHtml(part)}</span>`;
		})
		.join('');
}

const picture = (title, text) => `<meta charset=utf-8>
    <style>body{margin:0;background:#fff;display:inline-block}
    div{background:#0d1117;border-radius:10px;margin:12px;overflow:hidden}
    h1{font:13px sans-serif;color:#9da7b3;background:#161b22;margin:0;padding:8px 14px}
    pre{font:15px/1.4 "Noto Sans Mono CJK SC","DejaVu Sans Mono",monospace;color:#d0d7de;
        margin:0;padding:12px 16px}</style>
    <div><h1>● ● ●&nbsp;&nbsp; ${escapeHtml(title)}</h1><pre>${ansiToHtml(text)}</pre></div>`;

const [title, out, ...files] = process.argv.slice(2);
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1000, height: 200 }, deviceScaleFactor: 1.5 });
for (const file of files) {
	await page.setContent(picture(title, readFileSync(file, 'utf8').replace(/\s+$/, '\n')));
	await page.locator('body').screenshot({ path: join(out, basename(file, '.ansi') + '.png') });
}
await browser.close();
