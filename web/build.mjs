// Makes the page's template: one HTML file with everything inside, its script and style pinned by hash.
//   node web/build.mjs OUT [--test-seed]
// __DEPLOYMENT__ and __CONNECT__ stay in it for `davy site build`. --test-seed makes sealing repeatable for tests;
// such a page says so in its title and is never shipped.
import { build, transform } from 'esbuild';
import { minify } from 'terser';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const data = join(here, '..', 'admin-cli', 'data');
const out = process.argv[2];
const seeded = process.argv.includes('--test-seed');
if (!out) {
	console.error('usage: node web/build.mjs OUT [--test-seed]');
	process.exit(2);
}
const read = (...path) => readFileSync(join(...path), 'utf8');
const sha = (s) => `'sha256-${createHash('sha256').update(s, 'utf8').digest('base64')}'`;

// Chinese texts get Chinese punctuation, even if their source file has ASCII punctuation.
const MARKS = { ',': '，', '?': '？', ':': '：', '!': '！', ';': '；' };
const zhMarks = (s) => s.replace(/([一-鿿”）])([,?:!;]) ?/g, (m, c, x) => c + MARKS[x]);

const words = (table, keep = []) =>
	Object.fromEntries(
		Object.entries(table).map(([k, v]) => [
			k,
			Object.fromEntries([
				['zh', zhMarks(v.zh)],
				['en', v.en],
				...keep.map((x) => [x, v[x]]),
			]),
		]),
	);

// The parts of the project's shared tables that the page needs, and no others.
function dataModule() {
	const tax = JSON.parse(read(data, 'taxonomy.json'));
	const risks = JSON.parse(read(data, 'risk.json')).patterns.map(({ text, js }) => ({ text, js }));
	const axes = ['when_visible', 'still_on', 'people_band', 'hiding', 'keep_from', 'act_care'];
	const parts = {
		texts: words(JSON.parse(read(here, 'texts.json'))),
		tiles: words(tax.tile, ['route']),
		axes: Object.fromEntries(axes.map((a) => [a, words(tax[a])])),
		risks,
	};
	return Object.entries(parts)
		.map(([k, v]) => `export const ${k} = ${JSON.stringify(v)};`)
		.join('\n');
}

const shared = {
	name: 'davylamp-data',
	setup(b) {
		b.onResolve({ filter: /^davylamp:data$/ }, () => ({ path: 'data', namespace: 'davylamp' }));
		b.onLoad({ filter: /.*/, namespace: 'davylamp' }, () => ({
			contents: dataModule(),
			loader: 'js',
		}));
	},
};

const bundle = await build({
	entryPoints: [join(here, 'app', 'main.js')],
	bundle: true,
	minify: true,
	write: false,
	format: 'iife',
	target: 'es2018',
	charset: 'utf8',
	legalComments: 'none',
	define: { __TEST_SEED__: String(seeded) },
	plugins: [shared],
	logLevel: 'warning',
});
// esbuild joins the modules and lowers their syntax; terser makes the result smaller.
const small = await minify(bundle.outputFiles[0].text, {
	ecma: 2018,
	compress: { ecma: 2018, passes: 3 },
	format: { ecma: 2018 },
});
const script = small.code
	.trim()
	.replace(/<\/script/gi, '<\\/script')
	.replace(/<!--/g, '<\\!--');
const style = (
	await transform(read(here, 'style.css'), {
		loader: 'css',
		minify: true,
		target: ['chrome71', 'firefox78', 'safari15'],
	})
).code.trim();

const fill = (html, key, value) => {
	if (html.split(key).length !== 2) throw new Error(`${key} must stand in the template once`);
	return html.split(key).join(value);
};
let html =
	read(here, 'index.html')
		.replace(/>\s*\n\s*</g, '><')
		.replace(/\n\s*/g, ' ')
		.trim() + '\n';
html = fill(html, '__SCRIPT_HASH__', sha(script));
html = fill(html, '__STYLE_HASH__', sha(style));
html = fill(html, '__STYLE__', style);
html = fill(html, '__SCRIPT__', script);
for (const key of ['__DEPLOYMENT__', '__CONNECT__'])
	if (html.split(key).length !== 2) throw new Error(`${key} must survive once`);
if (seeded) html = html.replace('<title>', '<title>TEST SEED ');

mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'index.html'), html);
console.log(`page: ${html.length} characters, ${gzipSync(html, { level: 9 }).length} bytes as gzip`);
