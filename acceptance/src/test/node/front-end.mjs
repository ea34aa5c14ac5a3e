// Does in JupyterLab what a person does besides running a notebook, and prints as JSON what the page showed:
//   node front-end.mjs CHROMIUM ADDRESS SCREENSHOTS
// ADDRESS has NOTEBOOK where the notebook's name belongs. Each station leaves a screenshot.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from './chromium.mjs';
import { endKernels, LabPage, make, newPage } from './lab-page.mjs';

const [executable, address, screenshots] = process.argv.slice(2);
const NOTEBOOK = 'front-end-test.ipynb';
const CELLS = {
  sum: '1 + 1',
  declare: 'record Stop(String name, int minute) {}\nvar stops = List.of(new Stop("Weft <Street>", 3), new Stop("Warp", 7));\nstops',
  loop: 'while (true) { }',
  after: 'stops.size() * 21',
  complete: 'stops.getFir',
  inspect: 'String.join',
  wrong: 'int number = "text";',
  thrown: 'int half(int n) {\n    if (n % 2 == 1) throw new IllegalStateException("odd: " + n);\n    return n / 2;\n}\ntry {\n    half(7);\n} catch (IllegalStateException odd) {\n    throw new RuntimeException("cannot halve", odd);\n}',
  question: 'System.out.print("name? ");\nvar name = new Scanner(System.in).nextLine();\nname.toUpperCase()',
};
const names = Object.keys(CELLS);
mkdirSync(screenshots, { recursive: true });

const browser = await launch(executable);
const page = await newPage(browser, { width: 1280, height: 1500 });
page.setDefaultTimeout(60_000);
const lab = new LabPage(page);
// what a console runs before its subshell is there goes to the main shell, behind the cell that runs
const subshell = new Promise((made) => {
  page.on('websocket', (socket) =>
    socket.on('framereceived', (frame) => frame.payload.toString('latin1').includes('create_subshell_reply') && made()),
  );
});
const seen = {};

const { panel } = lab;
const cell = (name) => lab.cell(names.indexOf(name));
const picture = (name) => page.screenshot({ path: join(screenshots, `front-end-${name}.png`) });
const text = async (locator) => (await locator.allInnerTexts()).join('\n').trim();
const outputs = (name) => lab.outputs(names.indexOf(name));
const edit = (name) => lab.edit(names.indexOf(name));
const start = (name) => lab.start(names.indexOf(name));
const run = (name) => lab.run(names.indexOf(name));
const ended = (name) => lab.ended(names.indexOf(name));

/** Presses Tab until there is what it is to bring: JupyterLab gives up on an answer that takes a second. */
async function complete(what) {
  for (let tries = 10; ; tries--) {
    await page.keyboard.press('Tab');
    try {
      await what.waitFor({ timeout: 6_000 });
      return;
    } catch (error) {
      if (tries === 1) throw error;
    }
  }
}

const stations = {
  async running() {
    await run('sum');
    seen.sum = await text(outputs('sum'));
    await run('declare');
    seen.table = await cell('declare').locator('table').count();
    seen.declared = await text(outputs('declare'));
  },
  async interrupting() {
    await start('loop');
    await panel.locator('.jp-Notebook-ExecutionIndicator[data-status="busy"]').waitFor();
    await panel.locator('[data-command="notebook:interrupt-kernel"], [data-jp-item-name="interrupt"]').first().click();
    await ended('loop');
    seen.interrupted = await text(outputs('loop'));
    await run('after');
    seen.after = await text(outputs('after'));
  },
  async completing() {
    await edit('complete');
    // one match is put in at once; several are offered
    const box = page.locator('.jp-Completer:visible');
    const one = cell('complete').locator('.cm-content', { hasText: 'getFirst' });
    await complete(box.or(one).first());
    if (await box.isVisible()) {
      seen.offered = await text(box.locator('.jp-Completer-match'));
      await picture('completing');
      await page.keyboard.press('Enter');
    }
    await one.waitFor();
    seen.completed = await text(cell('complete').locator('.cm-content'));
    await edit('after');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('stops.');
    await complete(box);
    seen.members = await text(box.locator('.jp-Completer-match'));
    await picture('completing');
    await page.keyboard.press('Escape');
  },
  async inspecting() {
    await edit('inspect');
    await page.keyboard.press('Shift+Tab');
    const tooltip = page.locator('.jp-Tooltip');
    await tooltip.waitFor();
    seen.inspected = await text(tooltip);
    await picture('inspecting');
    await page.keyboard.press('Escape');
  },
  async failing() {
    await run('wrong');
    seen.wrong = await text(outputs('wrong'));
    await run('thrown');
    seen.thrown = await text(outputs('thrown'));
    await picture('failing');
  },
  async asking() {
    await start('question');
    const field = cell('question').locator('input.jp-Stdin-input');
    await field.waitFor();
    await field.fill('weft');
    await field.press('Enter');
    await ended('question');
    seen.answered = await text(outputs('question'));
  },
  async aSubshell() {
    await start('loop');
    await panel.locator('.jp-Notebook-ExecutionIndicator[data-status="busy"]').waitFor();
    await cell('sum').locator('.jp-InputPrompt').click({ button: 'right' });
    await page.locator('.lm-Menu-itemLabel', { hasText: 'New Subshell Console for Notebook' }).click();
    await subshell;
    const input = page.locator('.jp-CodeConsole .jp-CodeConsole-promptCell .cm-content');
    await input.click();
    await page.keyboard.type('stops.size() + 40');
    await page.keyboard.press('Shift+Enter');
    const result = page.locator('.jp-CodeConsole .jp-OutputArea-executeResult .jp-OutputArea-output').first();
    await result.waitFor();
    seen.subshell = await text(result);
    seen.mainPrompt = await text(cell('loop').locator('.jp-InputPrompt'));
    await picture('subshell');
    await panel.locator('[data-command="notebook:interrupt-kernel"], [data-jp-item-name="interrupt"]').first().click();
    await ended('loop');
  },
  async theDark() {
    await lab.menu('Settings', 'Theme', /^JupyterLab Dark$/);
    await page.locator('body[data-jp-theme-light="false"]').waitFor({ state: 'attached' });
    // the theme's colours have arrived, not its name alone
    await page.waitForFunction(() => getComputedStyle(document.body).getPropertyValue('--jp-layout-color1').trim() !== 'white');
    await picture('dark');
    await lab.menu('Settings', 'Theme', /^JupyterLab Light$/);
    await page.locator('body[data-jp-theme-light="true"]').waitFor({ state: 'attached' });
  },
  async restarting() {
    await lab.menu('Kernel', /^Restart Kernel…/);
    await lab.confirm();
    await panel.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor();
    await edit('after');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('stops');
    await run('after');
    seen.forgotten = await text(outputs('after'));
    await run('sum');
    seen.again = await text(cell('sum').locator('.jp-InputPrompt, .jp-OutputArea-output'));
  },
};

let remove;
try {
  remove = await make(page, address, NOTEBOOK, CELLS);
  await page.goto(address.replace('NOTEBOOK', NOTEBOOK));
  await lab.ready();
  for (const [name, station] of Object.entries(stations)) {
    try {
      await station();
    } catch (error) {
      await picture(`${name}-failed`);
      throw new Error(`${name}: ${error.message}\nseen so far: ${JSON.stringify(seen)}`, { cause: error });
    }
  }
  console.log(JSON.stringify(seen));
} finally {
  await endKernels(page, address, NOTEBOOK).catch(() => {});
  await remove?.();
  await browser.close();
}
