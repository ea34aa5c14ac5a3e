// Opens every page of a folder with the network off, wide and narrow, light and dark, and prints as JSON what each page
// shows, asked for and complained of, what does not fit it, and what axe-core finds:
//   node pages.mjs CHROMIUM FOLDER SCREENSHOTS
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launch } from './chromium.mjs';

const [executable, folder, screenshots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SIZES = { desktop: { width: 1100, height: 900 }, phone: { width: 390, height: 844 } };
// a page is looked at by one thread of its own
const AT_A_TIME = 2;
mkdirSync(screenshots, { recursive: true });
const names = readdirSync(folder, { recursive: true })
  .filter((name) => name.endsWith('.html'))
  .map((name) => name.slice(0, -'.html'.length).split(sep).join('/'))
  .sort();

/** What of the page is not as it should be, by the page's own account. */
function faults() {
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll('main *')]
      .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1)
      .slice(0, 3);
    found.push(`is ${root.scrollWidth} pixels wide: ${wide.map((element) => element.outerHTML.slice(0, 160)).join(' | ')}`);
  }
  for (const picture of document.querySelectorAll('svg, img')) {
    if (picture.closest('details:not([open])')) continue;
    const { width, height } = picture.getBoundingClientRect();
    const drawn = picture.tagName !== 'IMG' || picture.naturalWidth > 0;
    if (width < 8 || height < 4 || !drawn) found.push(`a picture is not drawn: ${picture.outerHTML.slice(0, 160)}`);
  }
  let level = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1 || (next === 1 && level > 0)) found.push(`“${heading.textContent}” is a heading of level ${next} below one of ${level}`);
    level = next;
  }
  return found;
}

/**
 * Lets axe-core look at the colours of a few words of each kind in code, not of thousands. It can't tell those of a
 * single letter, nor of what is folded.
 */
function fewOfEachColour() {
  const looked = {};
  for (const word of document.querySelectorAll('.highlight span')) {
    const telling = word.textContent.trim().length > 1 && !word.closest('details:not([open])');
    looked[word.className] ??= 0;
    if (telling) looked[word.className]++;
    if (!telling || looked[word.className] > 3) word.dataset.passed = '';
  }
  globalThis.axe.configure({ rules: [{ id: 'color-contrast', selector: ':not([data-passed])' }] });
}

/** What axe-core finds to keep people from reading the page. */
async function inaccessible() {
  const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, impact, help, nodes }) => {
      const examples = nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} (${node.failureSummary?.split('\n')[1]?.trim()})`);
      return `${id} (${impact}): ${help}; ${nodes.length} times, such as ${examples.join(' | ')}`;
    });
}

/** Opens one page after the other until there is none left. */
async function visit(context, queue) {
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const seen = (pages[name] = { requests: [], problems: [], faults: [] });
    const page = await context.newPage();
    const own = pathToFileURL(join(folder, `${name}.html`)).href;
    page.on('request', (request) => {
      if (request.url() !== own && !request.url().startsWith('data:')) seen.requests.push(request.url());
    });
    page.on('pageerror', (error) => seen.problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') seen.problems.push(message.text());
    });
    await page.goto(own, { waitUntil: 'load' });
    seen.scripts = await page.locator('script').count();
    seen.links = await page.locator('a[href]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    seen.text = await page.locator('body').innerText();
    await page.evaluate(axe);
    await page.evaluate(fewOfEachColour);
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        const where = `${size}, ${colorScheme}: `;
        seen.faults.push(...(await page.evaluate(faults)).map((fault) => where + fault));
        // what there is to see, to reach and to read differs by width and by colours, not by both at once
        if ((size === 'phone') !== (colorScheme === 'dark')) continue;
        const picture = `report-${name.replaceAll('/', '-')}-${colorScheme}${size === 'desktop' ? '' : `-${size}`}.png`;
        await page.screenshot({ path: join(screenshots, picture), fullPage: true });
        seen.faults.push(...(await page.evaluate(inaccessible)).map((fault) => where + fault));
      }
    }
    await page.close();
  }
}

const browser = await launch(executable);
const pages = {};
try {
  const queue = [...names];
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      const context = await browser.newContext();
      await context.setOffline(true);
      await visit(context, queue);
      await context.close();
    }),
  );
} finally {
  await browser.close();
}
console.log(JSON.stringify(pages));
