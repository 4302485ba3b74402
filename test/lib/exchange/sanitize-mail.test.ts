import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sanitizeMail } from '#lib/exchange/sanitize-mail.ts';
import { workMs } from '#test/kit/work-time.ts';

const clean = (html: string) =>
  sanitizeMail(html, (id) => (id === 'a@b' ? 'data:image/png;base64,AAAA' : null));

describe('formatted mail', () => {
  it('keeps what people see and nothing that acts', () => {
    const shown = clean(
      '<body onload=x()><p style="color:red;position:fixed;background:url(http://t.example/)">Hello <b onclick=x()>all</b></p><script>x()</script><form><input></form></body>',
    );
    assert.equal(shown?.html, '<div><p style="color:red">Hello <b>all</b></p></div>');
  });

  it('inlines pictures of its own, and counts those of elsewhere', () => {
    const shown = clean(
      '<img src="cid:a@b" alt=Logo><img src="cid:a%40b"><img src="cid:other"><img src="https://t.example/p.gif" width=1>',
    );
    assert.equal(
      shown?.html,
      '<img alt="Logo" src="data:image/png;base64,AAAA" /><img src="data:image/png;base64,AAAA" /><img /><img width="1" />',
    );
    assert.equal(shown?.remote, 2);
  });

  it('says of each link where it leads, whatever it pretends', () => {
    const hostOf = (href: string) =>
      /data-host="([^"]*)"/.exec(
        clean(`<a href="${href}" data-host="bank.example">x</a>`)!.html,
      )?.[1];
    assert.equal(hostOf('https://bank.example@evil.example:8443/login'), 'evil.example:8443');
    assert.equal(hostOf('https://b\u0430nk.example/'), 'xn--bnk-6cd.example');
    assert.equal(hostOf('mailto:a@b.example?attach=/etc/passwd'), 'e-mail');
    assert.equal(hostOf('javascript:alert(1)'), undefined);
    assert.equal(hostOf('/relative'), undefined);
    assert.match(
      clean('<a href="https://x.example/">x</a>')!.html,
      /target="_blank" rel="noopener noreferrer nofollow"/,
    );
  });

  it('gives up on what would take long, and takes no longer than a moment for the rest', async () => {
    assert.equal(clean('<b>'.repeat(100_000)), null);
    assert.equal(clean('x'.repeat(600_000)), null);
    for (const piece of [
      '<p>x</p>',
      '<',
      '&#',
      '<!--',
      '<img src=http://x>',
      '</p>',
      '<p style="color:red">',
    ]) {
      const text = piece.repeat(Math.min(4000, Math.floor(500_000 / piece.length)));
      const tookMs = await workMs(() => clean(text));
      assert.ok(tookMs < 5000, `${piece}: ${tookMs.toFixed()} ms`);
    }
  });
});
