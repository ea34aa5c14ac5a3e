// Opens a notebook in JupyterLab, runs all of its cells, waits for a result, and prints as JSON what the page shows:
//   node lab.mjs CHROMIUM ADDRESS NOTEBOOK RESULT SCREENSHOTS
// ADDRESS has NOTEBOOK where the notebook's name belongs. A failure leaves a screenshot, too.
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { launch } from './chromium.mjs';

const [executable, address, notebook, result, screenshots] = process.argv.slice(2);
const name = basename(notebook, '.ipynb');
mkdirSync(screenshots, { recursive: true });
const browser = await launch(executable);
const page = await browser.newPage({ viewport: { width: 1280, height: 960 } });
page.setDefaultTimeout(120_000);

/** Scrolls until the notebook has drawn the element where it can be seen: JupyterLab draws cells late. */
async function show(element, block = 'center') {
  for (let tries = 0; tries < 50; tries++) {
    await element.evaluate((node, block) => node.scrollIntoView({ block }), block);
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    const box = await element.boundingBox();
    const height = page.viewportSize().height;
    if (box && box.y > 0 && box.y + box.height < height && (await element.isVisible())) {
      if (tries > 4) return;
    }
  }
  throw new Error('the element does not come into sight');
}

try {
  await page.goto(address.replace('NOTEBOOK', notebook));
  const panel = page.locator('.jp-NotebookPanel:not(.lm-mod-hidden)');
  await panel.waitFor();
  // the kernel's name stands in the toolbar once the session has one, and the ring is empty when it is idle
  await panel.locator('.jp-KernelName', { hasText: 'Java (Weft)' }).waitFor();
  await panel.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor();
  await page.locator('.lm-MenuBar-itemLabel', { hasText: /^Run$/ }).click();
  await page.locator('.lm-Menu-itemLabel', { hasText: /^Run All Cells$/ }).click();
  const output = panel.locator('.jp-OutputArea-output', { hasText: result }).first();
  await output.waitFor({ state: 'attached' });
  // every cell has ended, also those below the result
  await panel.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor();
  await show(output);
  await page.screenshot({ path: join(screenshots, `lab-${name}.png`) });
  const results = await panel.locator('.jp-OutputArea-executeResult .jp-OutputArea-output').allTextContents();
  const lastRun = await panel.locator('.jp-CodeCell .jp-InputPrompt').last().textContent();
  // the README's picture: the first cells alone
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+b');
  await page.setViewportSize({ width: 980, height: 520 });
  await show(panel.locator('h2', { hasText: 'The same in Java' }).first(), 'start');
  await page.screenshot({ path: join(screenshots, `cells-${name}.png`) });
  console.log(
    JSON.stringify({
      kernel: await panel.locator('.jp-KernelName').innerText(),
      results: results.map((text) => text.trim()),
      lastRun,
    }),
  );
} catch (error) {
  await page.screenshot({ path: join(screenshots, `lab-${name}-failed.png`) });
  throw error;
} finally {
  await browser.close();
}
