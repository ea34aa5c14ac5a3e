// Does in JupyterLab what a person does besides running a notebook, and prints as JSON what the page showed:
//   node front-end.mjs CHROMIUM ADDRESS SCREENSHOTS
// ADDRESS has NOTEBOOK where the notebook's name belongs. Each station leaves a screenshot.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from './chromium.mjs';

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

const url = new URL(address.replace('NOTEBOOK', NOTEBOOK));
const api = `${url.origin}/api/contents/${NOTEBOOK}`;
const headers = { Authorization: `token ${url.searchParams.get('token')}` };
const browser = await launch(executable);
const page = await browser.newPage({ viewport: { width: 1280, height: 1500 } });
page.setDefaultTimeout(60_000);
// what a console runs before its subshell is there goes to the main shell, behind the cell that runs
const subshell = new Promise((made) => {
  page.on('websocket', (socket) =>
    socket.on('framereceived', (frame) => frame.payload.toString('latin1').includes('create_subshell_reply') && made()),
  );
});
const seen = {};

const panel = page.locator('.jp-NotebookPanel:not(.lm-mod-hidden)');
const cell = (name) => panel.locator('.jp-CodeCell').nth(names.indexOf(name));
const picture = (name) => page.screenshot({ path: join(screenshots, `front-end-${name}.png`) });
const text = async (locator) => (await locator.allInnerTexts()).join('\n').trim();
const outputs = (name) => cell(name).locator('.jp-OutputArea-output');

async function edit(name) {
  await cell(name).locator('.cm-content').click();
  await page.keyboard.press('Control+End');
}

async function start(name) {
  await edit(name);
  await page.keyboard.press('Control+Enter');
}

async function run(name) {
  await start(name);
  await ended(name);
}

/** Waits until the cell has its number: JupyterLab shows [*] until then. */
async function ended(name) {
  await cell(name).locator('.jp-InputPrompt', { hasText: /^\[\d+\]:$/ }).waitFor();
}

async function menu(top, item) {
  await page.locator('.lm-MenuBar-itemLabel', { hasText: new RegExp(`^${top}$`) }).click();
  await page.locator('.lm-Menu-itemLabel', { hasText: item }).first().click();
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
    await page.keyboard.press('Tab');
    // one match is put in at once; several are offered
    const box = page.locator('.jp-Completer:visible');
    const one = cell('complete').locator('.cm-content', { hasText: 'getFirst' });
    await box.or(one).first().waitFor();
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
    await page.keyboard.press('Tab');
    await box.waitFor();
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
    await menu('Settings', 'Theme');
    await page.locator('.lm-Menu-itemLabel', { hasText: /^JupyterLab Dark$/ }).click();
    await page.locator('body[data-jp-theme-light="false"]').waitFor({ state: 'attached' });
    // the theme's colours have arrived, not its name alone
    await page.waitForFunction(() => getComputedStyle(document.body).getPropertyValue('--jp-layout-color1').trim() !== 'white');
    await picture('dark');
    await menu('Settings', 'Theme');
    await page.locator('.lm-Menu-itemLabel', { hasText: /^JupyterLab Light$/ }).click();
    await page.locator('body[data-jp-theme-light="true"]').waitFor({ state: 'attached' });
  },
  async restarting() {
    await menu('Kernel', /^Restart Kernel…/);
    await page.locator('.jp-Dialog button', { hasText: 'Restart' }).click();
    await page.locator('.jp-Dialog').waitFor({ state: 'detached' });
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

try {
  const content = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'weft', display_name: 'Java (Weft)', language: 'java' } },
    cells: names.map((name) => ({
      id: name,
      cell_type: 'code',
      source: CELLS[name],
      metadata: {},
      outputs: [],
      execution_count: null,
    })),
  };
  const created = await page.request.put(api, { headers, data: { type: 'notebook', format: 'json', content } });
  if (!created.ok()) throw new Error(`the notebook could not be made: ${await created.text()}`);
  await page.goto(url.href);
  await panel.waitFor();
  await panel.locator('.jp-KernelName', { hasText: 'Java (Weft)' }).waitFor();
  await panel.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor();
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
  await page.request.delete(api, { headers }).catch(() => {});
  await browser.close();
}
