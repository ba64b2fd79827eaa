// Answers what the shell tests ask of the JSON that davy printed: one process for a whole test, since to start node
// for each question costs more than davy itself.
//   node answers.mjs FOLDER PID
// Reads expressions, each ended by a zero byte, from FOLDER/ask; `d` in them is the data of FOLDER/out. Writes what
// one gives to FOLDER/answer, then a line to FOLDER/answered. Ends with process PID or with FOLDER.
import { createReadStream, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';

const [folder, pid] = process.argv.slice(2);
const answered = openSync(`${folder}/answered`, 'r+'); // both ends, so that neither side waits for the other to open
const asked = createReadStream('', { fd: openSync(`${folder}/ask`, 'r+'), encoding: 'utf8' });

const evaluate = new Function('d', 'expression', 'return eval(expression)'); // sees nothing of this file
const answer = (expression) => `${evaluate(JSON.parse(readFileSync(`${folder}/out`)).data, expression)}\n`;

let text = '';
asked.on('data', (more) => {
	const questions = (text + more).split('\0');
	text = questions.pop();
	for (const expression of questions) {
		let said = '';
		try {
			said = answer(expression);
		} catch (e) {
			console.error(e.message);
		}
		writeFileSync(`${folder}/answer`, said);
		writeSync(answered, '\n');
	}
});

// process.exit() would wait for the thread that reads the pipe.
const end = () => process.kill(process.pid, 'SIGKILL');
setInterval(() => {
	try {
		process.kill(pid, 0);
	} catch {
		end();
	}
	if (!existsSync(`${folder}/ask`)) end(); // another process has that number by now
}, 1000);
