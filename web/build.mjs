// Makes the page's templates: each one HTML file with everything inside, its scripts and style pinned by hash.
//   node web/build.mjs OUT [--test-seed] [--index]
// OUT/index.html is what a gateway serves; OUT/offline.html, for the edition that is handed over as a file, shows and
// reads a locked tip as codes as well; OUT/voice.html, for a deployment that wants it, can record a voice note;
// OUT/veil.html sends everything through a relay of single requests.
// __DEPLOYMENT__, __CONNECT__, __EXIT__ and __FORM__ stay in it for `davy site build`, and the texts in a block that
// it changes. --test-seed makes sealing repeatable for tests; such a page says so in its title and is never shipped.
// --index makes OUT/index.html alone.
// OUT/texts has the texts of each language as a file, for who translates them, with those of each edition.
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
	console.error('usage: node web/build.mjs OUT [--test-seed] [--index]');
	process.exit(2);
}
const read = (...path) => readFileSync(join(...path), 'utf8');
const sha = (s) => `'sha256-${createHash('sha256').update(s, 'utf8').digest('base64')}'`;

// Chinese texts get Chinese punctuation, even if their source file has ASCII punctuation.
const MARKS = { ',': '，', '?': '？', ':': '：', '!': '！', ';': '；' };
const zhMarks = (s) => s.replace(/([一-鿿”）])([,?:!;]) ?/g, (m, c, x) => c + MARKS[x]);

// Puts value in the place of key.
const fill = (text, key, value) => {
	if (text.split(key).length !== 2) throw new Error(`${key} must stand there once`);
	return text.split(key).join(value);
};

const AXES = ['when_visible', 'still_on', 'people_band', 'hiding', 'keep_from', 'act_care', 'basis'];
const tax = JSON.parse(read(data, 'taxonomy.json'));

// Every text of the page by its key, those of the shared tables too: tile.3, keep_from.K-POL.
function allTexts() {
	const all = JSON.parse(read(here, 'texts.json'));
	for (const name of ['tile', ...AXES])
		for (const [value, words] of Object.entries(tax[name])) {
			if (all[`${name}.${value}`]) throw new Error(`${name}.${value} has two texts`);
			all[`${name}.${value}`] = words;
		}
	return all;
}
const texts = allTexts();
const language = { zh: (k) => zhMarks(texts[k].zh), en: (k) => texts[k].en };

// As `davy site build` takes a further language: a file of this form, made from one of these.
const languageFile = (of) =>
	JSON.stringify(Object.fromEntries(Object.keys(texts).map((k) => [k, of(k)])), null, 1) + '\n';

// What only one edition has, by the first part of its texts.
const EXTRA = ['codes', 'voice'];

// The texts in columns: a language packs better by itself, and davy takes it out or adds one.
function textBlock(has) {
	const keys = Object.keys(texts).filter((k) => !EXTRA.some((x) => !has[x] && k.startsWith(x + '.')));
	const all = Object.entries(language).map(([lang, of]) => [lang, keys.map(of)]);
	return JSON.stringify({ keys, texts: Object.fromEntries(all) }).replace(/</g, '\\u003c');
}

// The parts of the project's shared tables that the page needs, and no others.
function dataModule() {
	const risks = JSON.parse(read(data, 'risk.json')).patterns.map(({ text, js }) => ({ text, js }));
	const parts = {
		routes: Object.fromEntries(Object.entries(tax.tile).map(([n, { route }]) => [n, route])),
		axes: Object.fromEntries(AXES.map((a) => [a, Object.keys(tax[a])])),
		risks,
	};
	return Object.entries(parts)
		.map(([k, v]) => `export const ${k} = ${JSON.stringify(v)};`)
		.join('\n');
}

const shared = {
	name: 'davylamp-data',
	setup(b) {
		// Its tables are made where it is loaded; where nothing is drawn it is left out with them.
		const codes = { resolveDir: here, kind: 'import-statement', pluginData: true };
		b.onResolve({ filter: /^lean-qr/ }, async ({ path, pluginData }) =>
			pluginData ? null : { ...(await b.resolve(path, codes)), sideEffects: false },
		);
		b.onResolve({ filter: /^davylamp:data$/ }, () => ({ path: 'data', namespace: 'davylamp' }));
		b.onLoad({ filter: /.*/, namespace: 'davylamp' }, () => ({
			contents: dataModule(),
			loader: 'js',
		}));
		// What the libraries say when they throw is read by nobody. The table of multiples that every signature
		// uses has 520 points and not 4,224, which a slow phone would make for half a second and keep in 32 MB.
		b.onLoad({ filter: /@noble.*\.js$/ }, ({ path }) => {
			const text = read(path).replace(/throw new Error\([^;\n]*\);/g, 'throw new Error();');
			const signs = /ed25519.index\.js$/.test(path);
			return {
				contents: signs ? fill(text, 'const W = 8;', 'const W = 4;') : text,
				loader: 'ts',
			};
		});
	},
};

// What an edition has not is not even loaded, with all that it alone needs: its names are there, and used by nothing.
const ABSENT = {
	voice: {
		filter: /\/voice\.js$/,
		contents: 'export let dropVoice, silence, stopRecording, voice, withVoice;',
	},
	veil: { filter: /\/ohttp\.js$/, contents: 'export let REPLY_LEN, veil;' },
};
const silent = (has) => ({
	name: 'davylamp-silent',
	setup(b) {
		for (const [path, { filter }] of Object.entries(ABSENT))
			if (!has[path])
				b.onResolve({ filter }, () => ({
					path,
					namespace: 'silent',
					sideEffects: false,
				}));
		b.onLoad({ filter: /.*/, namespace: 'silent' }, ({ path }) => ({
			contents: ABSENT[path].contents,
		}));
	},
});

// The script is three, so that none keeps a phone busy for long: the libraries of curves, ciphers and hashes, then what
// seals and opens, then what is on the screen. Each imports from the one before it alone; by these that one is known.
const BEFORE = [/\/core\/\w+\.js$/, /^@noble\/[^p]/];

// What comes from the part before stays an import, of a path that holds in this folder.
const apart = (before) => ({
	name: 'davylamp-apart',
	setup(b) {
		b.onResolve({ filter: before }, ({ path }) => ({
			path: path.replace(/^.*\/core/, './core'),
			external: true,
			sideEffects: false,
		}));
	},
});

// A part that gives these names, [name, module], to the part after it, in an array; without names the last, which only
// starts. Returns its text and the names that it takes from the part before.
async function part(names, before, options) {
	const gives = names.map(([name, from], i) => `import { ${name} as _${i} } from '${from}';`);
	const bundle = await build({
		...options,
		stdin: {
			contents: names.length
				? `${gives.join('')} self.taken = [${names.map((_, i) => `_${i}`)}];`
				: "import './app/main.js';",
			resolveDir: here,
		},
		plugins: before ? [...options.plugins, apart(before)] : options.plugins,
	});
	const takes = [];
	const text = bundle.outputFiles[0].text.replace(
		/^import (?:\{([^}]*)\} from )?"(.*)";$/gm,
		(all, list, from) => {
			for (const name of list?.split(',') ?? [])
				takes.push([...name.trim().split(' as '), from]);
			return '';
		},
	);
	return {
		text: before
			? `(([${takes.map((t) => t.at(-2))}]) => {${text}})(self.taken);`
			: `(() => {${text}})();`,
		takes: takes.map((t) => [t[0], t.at(-1)]),
	};
}

// Editions have parts in common, which are made smaller once.
const made = new Map();

// esbuild joins the modules and lowers their syntax; terser makes the result smaller. Names are left to terser.
async function small(text) {
	if (made.has(text)) return made.get(text);
	const { code } = await minify(text, {
		ecma: 2018,
		// Functions put in the place of their calls make the packed page longer, not shorter.
		compress: { ecma: 2018, passes: 2, inline: 1, keep_fargs: false },
		format: { ecma: 2018 },
	});
	const script = code
		.trim()
		.replace(/<\/script/gi, '<\\/script')
		.replace(/<!--/g, '<\\!--');
	made.set(text, script);
	return script;
}

// has: what only one edition has; without it, none of it is in the scripts.
async function scriptsOf(has) {
	const options = {
		bundle: true,
		minifySyntax: true,
		write: false,
		format: 'esm',
		target: 'es2018',
		supported: { bigint: true }, // as literals: whoever has no BigInt cannot seal either
		charset: 'utf8',
		// As TypeScript, so that a field of a class is assigned and not defined, which is slower and longer.
		loader: { '.js': 'ts' },
		tsconfigRaw: {
			compilerOptions: { useDefineForClassFields: false, verbatimModuleSyntax: true },
		},
		legalComments: 'none',
		define: {
			__TEST_SEED__: String(seeded),
			__CODES__: String(!!has.codes),
			__VOICE__: String(!!has.voice),
			__VEIL__: String(!!has.veil),
		},
		plugins: [silent(has), shared],
		logLevel: 'warning',
	};
	const scripts = [];
	let names = [];
	for (const before of [...BEFORE, null]) {
		const { text, takes } = await part(names, before, options);
		scripts.unshift(await small(text));
		names = takes;
	}
	return scripts;
}

const style = (
	await transform(read(here, 'style.css'), {
		loader: 'css',
		minify: true,
		target: ['chrome71', 'firefox78', 'safari15'],
	})
).code.trim();

async function page(has) {
	const scripts = await scriptsOf(has);
	let html =
		read(here, 'index.html')
			.replace(/>\s*\n\s*</g, '><')
			.replace(/\n\s*/g, ' ')
			.trim() + '\n';
	html = fill(html, '__SCRIPT_HASH__', scripts.map(sha).join(' '));
	html = fill(html, '__STYLE_HASH__', sha(style));
	html = fill(html, '__STYLE__', style);
	html = fill(html, '__SCRIPT__', scripts.join('</script><script>'));
	html = fill(html, '__TEXTS__', textBlock(has));
	// Her recording is played from the page's own memory.
	if (has.voice) html = fill(html, 'img-src blob: data:;', 'img-src blob: data:; media-src blob:;');
	// A form would go past the veil: the relay could read what is in it.
	if (has.veil) {
		html = fill(html, 'form-action __CONNECT__', "form-action 'none'");
		html = html.replace(/<h2>\{plain\.file\}<\/h2><form.*?<\/form>/s, '');
	}
	const [connect, form] = has.veil ? [1, 0] : [2, 1];
	for (const [key, times] of Object.entries({ DEPLOYMENT: 1, CONNECT: connect, EXIT: 1, FORM: form }))
		if (html.split(`__${key}__`).length !== times + 1)
			throw new Error(`${key} must survive ${times} times`);
	return seeded ? html.replace('<title>', '<title>TEST SEED ') : html;
}

mkdirSync(join(out, 'texts'), { recursive: true });
const editions = { index: {}, offline: { codes: true }, voice: { voice: true }, veil: { veil: true } };
for (const [name, has] of Object.entries(editions)) {
	if (name !== 'index' && process.argv.includes('--index')) continue;
	const html = await page(has);
	writeFileSync(join(out, name + '.html'), html);
	const packed = gzipSync(html, { level: 9 }).length;
	console.log(`${name}: ${html.length} characters, ${packed} bytes as gzip`);
}
for (const [lang, of] of Object.entries(language))
	writeFileSync(join(out, 'texts', `${lang}.json`), languageFile(of));
