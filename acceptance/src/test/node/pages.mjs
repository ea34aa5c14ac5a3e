// Opens every page of a folder with the network off, and prints as JSON what each page shows, asked for and complained of:
//   node pages.mjs CHROMIUM FOLDER SCREENSHOTS
import { mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launch } from './chromium.mjs';

const [executable, folder, screenshots] = process.argv.slice(2);
mkdirSync(screenshots, { recursive: true });
const browser = await launch(executable);
const pages = {};
try {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1100, height: 900 } });
    await context.setOffline(true);
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.html')).sort()) {
      const page = await context.newPage();
      const own = pathToFileURL(join(folder, file)).href;
      const requests = [];
      const problems = [];
      page.on('request', (request) => {
        if (request.url() !== own && !request.url().startsWith('data:')) requests.push(request.url());
      });
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text());
      });
      await page.goto(own, { waitUntil: 'load' });
      const name = basename(file, '.html');
      await page.screenshot({ path: join(screenshots, `report-${name}-${colorScheme}.png`), fullPage: true });
      pages[name] = {
        requests: [...(pages[name]?.requests ?? []), ...requests],
        problems: [...(pages[name]?.problems ?? []), ...problems],
        scripts: await page.locator('script').count(),
        links: await page.locator('a[href]').evaluateAll((all) => all.map((a) => a.getAttribute('href'))),
        text: await page.locator('body').innerText(),
      };
      await page.close();
    }
    await context.close();
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(pages));
