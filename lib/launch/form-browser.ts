/**
 * As much of a browser as the sign-in and consent pages need: cookies, redirects, forms. With it the
 * demo walks the same pages a customer's administrator walks.
 */
export interface Page {
  url: string;
  status: number;
  html: string;
  /** True when a redirect led to the place where the walk ends; nothing was fetched there. */
  arrived: boolean;
}

interface FormButton {
  name: string | null;
  value: string;
  text: string;
}

interface Form {
  action: string;
  method: string;
  fields: Array<[string, string]>;
  buttons: FormButton[];
}

const redirectsMax = 12;

export class FormBrowser {
  private readonly cookies = new Map<string, Map<string, string>>();
  private readonly end: string;

  /** @param end address (or beginning of one) that redirects are not followed to */
  constructor(end: string) {
    this.end = end;
  }

  async open(url: string): Promise<Page> {
    return this.go(url, { method: 'GET' });
  }

  /** Presses the button, or follows the link, whose text or value matches. */
  async press(page: Page, what: RegExp): Promise<Page> {
    for (const form of formsOf(page.html)) {
      const button = form.buttons.find((it) => what.test(it.text) || what.test(it.value));
      if (!button) continue;
      const fields = new URLSearchParams(form.fields);
      if (button.name) fields.set(button.name, button.value);
      const target = new URL(form.action || page.url, page.url);
      if (form.method === 'post') return this.go(target.href, { method: 'POST', body: fields });
      target.search = fields.toString();
      return this.go(target.href, { method: 'GET' });
    }
    for (const link of page.html.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a>/gi)) {
      const href = attribute(link[1]!, 'href');
      if (href !== null && what.test(textOf(link[2]!))) {
        return this.go(new URL(href, page.url).href, { method: 'GET' });
      }
    }
    throw new Error(
      `${page.url} offers nothing that matches ${what}: ${textOf(page.html).slice(0, 200)}`,
    );
  }

  private async go(
    url: string,
    request: { method: string; body?: URLSearchParams },
  ): Promise<Page> {
    let next = url;
    let { method, body } = request;
    for (let hop = 0; hop < redirectsMax; hop++) {
      if (next.startsWith(this.end)) return { url: next, status: 0, html: '', arrived: true };
      const { origin } = new URL(next);
      const cookie = [...(this.cookies.get(origin) ?? [])].map(([n, v]) => `${n}=${v}`).join('; ');
      const answer = await fetch(next, {
        method,
        redirect: 'manual',
        headers: { accept: 'text/html', ...(cookie ? { cookie } : {}) },
        ...(method === 'POST' && body ? { body } : {}),
      });
      this.keep(origin, answer.headers.getSetCookie());
      const location = answer.headers.get('location');
      const html = await answer.text();
      if (location === null || answer.status < 300 || answer.status > 399) {
        return { url: next, status: answer.status, html, arrived: false };
      }
      next = new URL(location, next).href;
      if (answer.status !== 307 && answer.status !== 308) {
        method = 'GET';
        body = undefined;
      }
    }
    throw new Error(`${url} redirects in a circle`);
  }

  private keep(origin: string, lines: string[]): void {
    const jar = this.cookies.get(origin) ?? new Map<string, string>();
    this.cookies.set(origin, jar);
    for (const line of lines) {
      const pair = line.split(';', 1)[0]!;
      const at = pair.indexOf('=');
      const name = pair.slice(0, at).trim();
      if (/;\s*max-age=0\b/i.test(line)) jar.delete(name);
      else jar.set(name, pair.slice(at + 1).trim());
    }
  }
}

function formsOf(html: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, head, inner]) => {
    const fields: Array<[string, string]> = [];
    const buttons: FormButton[] = [];
    for (const [, input] of inner!.matchAll(/<input\b([^>]*)>/gi)) {
      const name = attribute(input!, 'name');
      const value = attribute(input!, 'value') ?? '';
      const type = (attribute(input!, 'type') ?? 'text').toLowerCase();
      if (type === 'submit') buttons.push({ name, value, text: value });
      else if (/^(radio|checkbox)$/.test(type) && !/\bchecked\b/i.test(input!)) continue;
      else if (name !== null) fields.push([name, value]);
    }
    for (const [, button, text] of inner!.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/gi)) {
      const value = attribute(button!, 'value') ?? '';
      buttons.push({ name: attribute(button!, 'name'), value, text: textOf(text!) });
    }
    return {
      action: attribute(head!, 'action') ?? '',
      method: (attribute(head!, 'method') ?? 'get').toLowerCase(),
      fields,
      buttons,
    };
  });
}

function attribute(tag: string, name: string): string | null {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(
    tag,
  );
  return match ? unescapeHtml(match[1] ?? match[2] ?? match[3] ?? '') : null;
}

function textOf(html: string): string {
  return unescapeHtml(html.replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeHtml(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    return entities[name] ?? whole;
  });
}
