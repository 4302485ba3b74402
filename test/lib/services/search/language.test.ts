import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { languageOf, languages, stopWordsOf } from '#lib/services/search/language.ts';
import { wordsOf } from '#lib/services/search/words.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { workMs } from '#test/kit/work-time.ts';

describe('the language of a text', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  it('is the name of a configuration that Postgres has', async () => {
    const rows = await db.owner`select cfgname from pg_ts_config`;
    const known = new Set(rows.map((row) => row.cfgname));
    assert.deepEqual(
      languages.filter((language) => !known.has(language)),
      [],
    );
  });

  it('is told by words that Postgres leaves out too', async () => {
    for (const language of languages) {
      for (const word of stopWordsOf(language)) {
        const [row] = await db.owner`
          select to_tsvector(${language}::regconfig, ${word})::text as left`;
        assert.equal(row!.left, '', `${language}: ${word}`);
      }
    }
  });

  const texts: [string, string][] = [
    ['english', 'Please find attached the invoice for the work that was done in October.'],
    [
      'german',
      'Anbei erhalten Sie die Rechnung für die Arbeiten, die wir im Oktober durchgeführt haben.',
    ],
    [
      'french',
      'Veuillez trouver ci-joint la facture pour les travaux que nous avons faits en octobre.',
    ],
    [
      'spanish',
      'Adjunto la factura por los trabajos que hicimos en octubre, como se acordó con usted.',
    ],
    [
      'italian',
      'In allegato la fattura per i lavori che abbiamo fatto nel mese di ottobre, come da accordi.',
    ],
    ['dutch', 'In de bijlage vindt u de factuur voor het werk dat wij in oktober hebben gedaan.'],
    [
      'portuguese',
      'Segue em anexo a fatura para os trabalhos que foram feitos em outubro, como combinado com você.',
    ],
    [
      'danish',
      'Vedhæftet er fakturaen for det arbejde, som vi har udført i oktober, og som vi aftalte med dem.',
    ],
    [
      'norwegian',
      'Vedlagt er fakturaen for arbeidet som vi har utført i oktober, og som vi ble enige om med deg etter møtet.',
    ],
    [
      'swedish',
      'Bifogat är fakturan för det arbete som vi har utfört i oktober, och som du och jag talade om.',
    ],
    [
      'finnish',
      'Liitteenä on lasku, joka on lokakuun työstä, ja se on maksettava kuun loppuun mennessä, jos se on oikein.',
    ],
    [
      'hungarian',
      'Mellékelten küldöm a számlát az októberi munkáról, és kérem, hogy nézze meg, ha van még kérdése.',
    ],
    [
      'russian',
      'Во вложении счёт за работы, которые мы сделали в октябре, как и договорились с вами на встрече.',
    ],
    ['greek', 'Επισυνάπτεται το τιμολόγιο για τις εργασίες του Οκτωβρίου.'],
    ['simple', 'Invoice 4711'],
    ['simple', '御請求書を添付いたします。ご確認ください。'],
    ['simple', ''],
  ];
  for (const [language, text] of texts) {
    it(`${language}: ${text.slice(0, 40)}`, () =>
      assert.equal(languageOf(wordsOf(text)), language));
  }

  it('costs little, whatever the text is', async () => {
    for (const text of [
      'the '.repeat(250_000),
      'x'.repeat(1_000_000),
      '\u0301'.repeat(1_000_000),
    ]) {
      const tookMs = await workMs(() => languageOf(wordsOf(text)));
      assert.ok(tookMs < 3000, `${text.slice(0, 4)}: ${tookMs.toFixed()} ms`);
    }
  });
});

describe('words of a text', () => {
  it('lose accents, case and punctuation', () => {
    assert.equal(wordsOf('Žluťoučký KŮŇ, Straße; ÆON'), 'zlutoucky kun strasse aeon');
    assert.equal(wordsOf('ines.berger@contoso.example'), 'ines berger contoso example');
    assert.equal(wordsOf('Angebot_2026-11 (final).PDF'), 'angebot 2026 11 final pdf');
    assert.equal(wordsOf('ﬁnal Ｗｉｄｅ'), 'final wide');
  });

  it('are pairs where a script has no blanks', () => {
    assert.equal(wordsOf('東京都庁'), '東京 京都 都庁');
    assert.equal(wordsOf('東京'), '東京');
  });

  it('keep the marks that are letters, and syllables whole', () => {
    assert.equal(wordsOf('нй हिन्दी 한국어'), 'нй हिन्दी 한국어');
  });

  it('hold nothing that Postgres refuses', () => {
    const text = wordsOf(`a\0b \ud800 c\udfff ${'x'.repeat(5000)} é\ud83d`);
    assert.ok(text.isWellFormed());
    assert.ok(!text.includes('\0'));
    assert.ok(text.split(' ').every((word) => word.length <= 60));
  });
});
