// Watches a pool at work in JupyterLab, reloads the page, restarts the kernel, and prints as JSON what was to be seen:
//   node live.mjs CHROMIUM ADDRESS SCREENSHOTS
// ADDRESS has NOTEBOOK where the notebook's name belongs.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from './chromium.mjs';
import { endKernels, LabPage, make, newPage } from './lab-page.mjs';

const [executable, address, screenshots] = process.argv.slice(2);
const NOTEBOOK = 'live-test.ipynb';
const CELLS = {
  pool: '%pool demo 2',
  map: 'demo.map(n -> { Thread.sleep(500); return n; }, List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), 1)',
  workers: 'ProcessHandle.current().children().map(ProcessHandle::pid).toList()',
  gone: '"nothing yet"',
};
const names = Object.keys(CELLS);
const index = (name) => names.indexOf(name);
mkdirSync(screenshots, { recursive: true });
const browser = await launch(executable);
const page = await newPage(browser, { width: 1280, height: 960 });
const lab = new LabPage(page);
const seen = {};
const headline = () => lab.outputs(index('map')).filter({ hasText: /^demo\.map: / }).first();
const line = async () => (await headline().innerText()).split('\n')[0].trim();
const text = async (name) => (await lab.outputs(index(name)).last().innerText()).trim();
const pids = async () => (await text('workers')).match(/\d+/g) ?? [];
let remove;
try {
  remove = await make(page, address, NOTEBOOK, CELLS);
  await page.goto(address.replace('NOTEBOOK', NOTEBOOK));
  await lab.ready();
  // notes each line of the card that is drawn while the cell has not ended
  await page.evaluate(() => {
    globalThis.lines = [];
    new MutationObserver(() => {
      for (const output of document.querySelectorAll('.jp-OutputArea-output')) {
        const line = output.innerText.split('\n')[0].trim();
        const prompt = output.closest('.jp-CodeCell').querySelector('.jp-InputPrompt').textContent.trim();
        if (line.startsWith('demo.map: ') && prompt === '[*]:' && globalThis.lines.at(-1) !== line) globalThis.lines.push(line);
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await lab.menu('Run', /^Run All Cells$/);
  await headline().waitFor();
  await page.screenshot({ path: join(screenshots, 'live-moving.png') });
  await lab.allRan(names.length);
  seen.moving = await page.evaluate(() => globalThis.lines);
  seen.last = await line();
  seen.workers = await pids();

  await lab.save();
  await page.reload();
  await lab.ready();
  seen.reloaded = await line();
  await page.screenshot({ path: join(screenshots, 'live-reloaded.png') });

  await lab.menu('Kernel', /^Restart Kernel and Run All Cells/);
  await lab.confirm();
  // the outputs of the last run go before those of this one come
  await lab.cell(index('workers')).locator('.jp-OutputArea-output', { hasText: seen.workers[0] }).waitFor({ state: 'detached' });
  await lab.allRan(names.length);
  seen.anew = await pids();
  await lab.edit(index('gone'));
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(
    `for (long pid : new long[] {${seen.workers.join(', ')}}) {
      var worker = ProcessHandle.of(pid);
      if (worker.isPresent()) worker.get().onExit().get(20, TimeUnit.SECONDS);
    }
    "all gone"`,
  );
  await lab.run(index('gone'));
  seen.gone = (await text('gone')).replaceAll('"', '');
  await page.screenshot({ path: join(screenshots, 'live-restarted.png') });
  console.log(JSON.stringify(seen));
} catch (error) {
  await page.screenshot({ path: join(screenshots, 'live-failed.png') });
  throw new Error(`${error.message}\nseen so far: ${JSON.stringify(seen)}`, { cause: error });
} finally {
  await endKernels(page, address, NOTEBOOK).catch(() => {});
  await remove?.();
  await browser.close();
}
