/** A page of JupyterLab or of Notebook 7, as far as the tests use it; one notebook of it is in front. */
export class LabPage {
  constructor(page) {
    this.page = page;
    this.panel = page.locator('.jp-NotebookPanel:not(.lm-mod-hidden)');
  }

  cell(index) {
    return this.panel.locator('.jp-CodeCell').nth(index);
  }

  outputs(index) {
    return this.cell(index).locator('.jp-OutputArea-output');
  }

  async menu(...items) {
    const [top, ...below] = items;
    await this.page.locator('.lm-MenuBar-itemLabel', { hasText: new RegExp(`^${top}$`) }).click();
    for (const item of below) {
      await this.page.locator('.lm-Menu-itemLabel', { hasText: item }).first().click();
    }
  }

  /** Answers the dialog that asks whether one means it. */
  async confirm() {
    await this.page.locator('.jp-Dialog .jp-mod-accept').click();
    await this.page.locator('.jp-Dialog').waitFor({ state: 'detached' });
  }

  /** Waits until the notebook is there and its kernel has answered. */
  async ready() {
    await this.panel.waitFor();
    await this.page.locator('.jp-KernelName:visible', { hasText: 'Java (Weft)' }).first().waitFor();
    await this.idle();
  }

  /** The ring in the toolbar is empty. */
  async idle() {
    await this.page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]:visible').first().waitFor();
  }

  /** Waits until `count` cells have been run to their end: a cell that has not yet ended shows [*]. */
  async allRan(count) {
    await this.page.waitForFunction(
      (count) => {
        const panel = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden)');
        const prompts = [...(panel?.querySelectorAll('.jp-CodeCell .jp-InputPrompt') ?? [])].map((prompt) => prompt.textContent.trim());
        return prompts.filter((prompt) => /^\[\d+\]:$/.test(prompt)).length >= count;
      },
      count,
      { polling: 100 },
    );
    await this.idle();
  }

  /** Saves as Ctrl+S does, and waits until the server has it. */
  async save() {
    const saved = this.page.waitForResponse(
      (response) => response.request().method() === 'PUT' && response.url().includes('/api/contents/') && response.ok(),
    );
    await this.menu('File', /^Save Notebook/);
    await saved;
  }

  async edit(index) {
    await this.cell(index).locator('.cm-content').click();
    await this.page.keyboard.press('Control+End');
  }

  async start(index) {
    await this.edit(index);
    await this.page.keyboard.press('Control+Enter');
  }

  async run(index) {
    await this.start(index);
    await this.ended(index);
  }

  async ended(index) {
    await this.cell(index).locator('.jp-InputPrompt', { hasText: /^\[\d+\]:$/ }).waitFor();
  }

  /** How many pixels of the notebook the window has no room for. */
  async hidden() {
    return this.panel.locator('.jp-WindowedPanel-outer').evaluate((outer) => outer.scrollHeight - outer.clientHeight);
  }

  /** Scrolls by what `scroll` does with the element of `locator`, and waits until that stays where it is. */
  async steady(locator, scroll = (node) => node.scrollIntoView({ block: 'start' })) {
    // JupyterLab draws cells late, and what is above may still grow
    for (let steady = 0, last = NaN; steady < 3; ) {
      await locator.evaluate(scroll);
      await this.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
      const { y } = await locator.boundingBox();
      steady = y === last ? steady + 1 : 0;
      last = y;
    }
  }

  /** Brings each cell into sight and says which of their outputs can't be seen there. */
  async faults() {
    return this.panel.evaluate(async (panel) => {
      const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const found = [];
      for (const cell of panel.querySelectorAll('.jp-CodeCell')) {
        if (!cell.querySelector('.jp-OutputArea-output')) continue;
        cell.scrollIntoView({ block: 'start' });
        await drawn();
        for (const output of cell.querySelectorAll('.jp-OutputArea-output')) {
          const { width, height } = output.getBoundingClientRect();
          const pictures = [...output.querySelectorAll('svg, img, table')];
          const shown = pictures.length > 0 || output.textContent.trim() !== '' || output.querySelector('iframe');
          const broken = pictures.some((picture) => {
            const box = picture.getBoundingClientRect();
            return box.width < 8 || box.height < 4 || (picture.tagName === 'IMG' && picture.naturalWidth === 0);
          });
          if (width < 8 || height < 4 || !shown || broken) found.push(output.outerHTML.slice(0, 240));
        }
      }
      return found;
    });
  }
}

/** A page whose faults go to `problems` as they come. */
export async function newPage(browser, viewport, problems = []) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  page.on('pageerror', (error) => problems.push(String(error)));
  return page;
}

/** Makes a notebook of these cells on the server; returns what takes it away again. */
export async function make(page, address, name, sources) {
  const url = new URL(address);
  const api = `${url.origin}/api/contents/${name}`;
  const headers = { Authorization: `token ${url.searchParams.get('token')}` };
  const content = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'weft', display_name: 'Java (Weft)', language: 'java' } },
    cells: Object.entries(sources).map(([id, source]) => ({
      id,
      cell_type: 'code',
      source,
      metadata: {},
      outputs: [],
      execution_count: null,
    })),
  };
  const created = await page.request.put(api, { headers, data: { type: 'notebook', format: 'json', content } });
  if (!created.ok()) throw new Error(`the notebook could not be made: ${await created.text()}`);
  return () => page.request.delete(api, { headers }).catch(() => {});
}

/** Ends the kernels of the server that run for notebooks of this name. */
export async function endKernels(page, address, name) {
  const url = new URL(address);
  const headers = { Authorization: `token ${url.searchParams.get('token')}` };
  const sessions = await (await page.request.get(`${url.origin}/api/sessions`, { headers })).json();
  for (const { id, path } of sessions) {
    if (path === name) await page.request.delete(`${url.origin}/api/sessions/${id}`, { headers });
  }
}
