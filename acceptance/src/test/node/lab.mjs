// Opens notebooks in JupyterLab or Notebook 7, runs all cells of each from the menu, waits until the last has ended,
// looks at every output, saves, and prints as JSON what the pages show:
//   node lab.mjs CHROMIUM ADDRESS SCREENSHOTS PAGES NOTEBOOK...
// ADDRESS has NOTEBOOK where the notebook's name belongs. PAGES notebooks are open at a time. Each leaves a screenshot,
// also where something fails.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from './chromium.mjs';
import { endKernels, LabPage, newPage } from './lab-page.mjs';

const [executable, address, screenshots, pages, ...notebooks] = process.argv.slice(2);
const inLab = address.includes('/lab/');
const VIEWPORT = { width: 1280, height: 1200 };
mkdirSync(screenshots, { recursive: true });
const browser = await launch(executable);
const seen = {};

async function visit(page, number, name, first, problems) {
  const lab = new LabPage(page);
  const begin = Date.now();
  const file = `${name}.ipynb`;
  if (inLab && !first) {
    await lab.menu('File', /^Open from Path/);
    await page.locator('.jp-Dialog input').fill(file);
    await lab.confirm();
    await page.locator('.jp-NotebookPanel:not(.lm-mod-hidden)').waitFor();
  } else {
    // a workspace for each page: two pages of one would open each other's notebooks
    await page.goto(`${address.replace('lab/tree', `lab/workspaces/page-${number}/tree`).replace('NOTEBOOK', file)}&reset`);
  }
  await lab.ready();
  // Notebook 7 complains of itself when it opens
  if (!inLab) problems.splice(0);
  const cells = await lab.panel.locator('.jp-CodeCell').count();
  const opened = Date.now();
  await lab.menu('Run', /^Run All Cells$/);
  await lab.allRan(cells);
  const ran = Date.now();
  const found = {
    kernel: await page.locator('.jp-KernelName:visible').first().innerText(),
    results: (await lab.panel.locator('.jp-OutputArea-executeResult .jp-OutputArea-output').allTextContents()).map((text) => text.trim()),
    faults: await lab.faults(),
  };
  await lab.save();
  // a window as long as the notebook shows all of it
  await page.setViewportSize({ width: VIEWPORT.width, height: VIEWPORT.height + (await lab.hidden()) });
  await lab.steady(lab.panel.locator('.jp-Cell').last(), (cell) => (cell.closest('.jp-WindowedPanel-outer').scrollTop = 0));
  await page.screenshot({ path: join(screenshots, `${inLab ? 'lab' : 'notebook7'}-${name}.png`) });
  await page.setViewportSize(VIEWPORT);
  if (inLab && name === '02-pool') await picture(page, lab, name);
  if (inLab) {
    const tab = page.locator(`[id="${await lab.panel.getAttribute('id')}"]`);
    await lab.menu('File', /^Close and Shut Down Notebook/);
    await lab.confirm();
    await tab.waitFor({ state: 'detached' });
  }
  await endKernels(page, address, file);
  found.seconds = { open: opened - begin, run: ran - opened, look: Date.now() - ran };
  for (const part of Object.keys(found.seconds)) found.seconds[part] /= 1000;
  return found;
}

/** The README's picture: the first cells alone. */
async function picture(page, lab, name) {
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+b');
  await page.setViewportSize({ width: 980, height: 520 });
  await lab.steady(lab.panel.locator('h2', { hasText: 'The same in Java' }).first());
  await page.screenshot({ path: join(screenshots, `cells-${name}.png`) });
  await page.setViewportSize(VIEWPORT);
  await page.keyboard.press('Control+b');
}

async function work(number, queue) {
  const problems = [];
  let page;
  for (let name = queue.shift(); name; name = queue.shift()) {
    const first = !page;
    page ??= await newPage(browser, VIEWPORT, problems);
    try {
      seen[name] = await visit(page, number, name, first, problems);
    } catch (error) {
      await page.screenshot({ path: join(screenshots, `${inLab ? 'lab' : 'notebook7'}-${name}-failed.png`) }).catch(() => {});
      seen[name] = { failure: error.message };
      await endKernels(page, address, `${name}.ipynb`).catch(() => {});
      await page.context().close();
      page = undefined;
    }
    seen[name].problems = problems.splice(0);
  }
}

try {
  const queue = [...notebooks];
  await Promise.all(Array.from({ length: Number(pages) }, (_, number) => work(number, queue)));
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
