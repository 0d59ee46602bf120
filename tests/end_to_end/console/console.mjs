// node console.mjs SCENARIO SETTINGS: plays it against the program that runs, prints what was wrong, a line each.
import { Desk } from "./browser.mjs";

const [name, text] = process.argv.slice(2);
const settings = { ...JSON.parse(text), scenario: name }, desk = new Desk(settings);
try {
  const { title, play } = await import(`./${name}.mjs`);
  await play(desk, settings);
  desk.write(title);
} catch (error) {
  desk.wrong.push(String(error.stack));
  await desk.picture("failed-" + name).catch(() => {});
} finally {
  await desk.close();
}
for (const one of desk.wrong) console.log(one);
process.exitCode = desk.wrong.length ? 1 : 0;
