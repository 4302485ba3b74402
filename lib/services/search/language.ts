import { wordsOf } from './words.ts';

/**
 * Languages that Postgres has a stemmer for, each with the words that a text of it cannot do without.
 * Counting them tells the language of a few sentences as surely as a library would, and takes no time;
 * of fewer words than that nobody can tell it. All are stop words of their configuration.
 */
const stopWords = {
  english:
    'the of and to in is that it for was on are as with his they at be this have from or had by not but what all were when we there can an your which their if will do each how them then she has been who into its our out so these some no about because through during before after above below up down very just should',
  german:
    'der die das und ist nicht ein eine einen einem einer zu den mit sich auf für von dem des im auch als an nach wie bei aus wir ich sie er es haben hat wird werden sind war aber oder wenn noch nur so über unter durch ihr ihre ihnen uns mich mir kann können würde vor zum zur bin hier',
  french:
    'le la de des du et est un une que qui dans pour pas sur ce avec ne se au aux par nous vous elle son sa ses leur notre votre mais ou même sont été ai avons avez je il on ces mes mon ma étaient',
  spanish:
    'el la los las de que y en un una por con no se para es al lo como más pero sus le ya o este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante uno ni contra ese eso mi antes yo',
  italian:
    'il la lo gli le di che e è un una per non con si del della dei delle nel nella al alla sono da come ma anche più ho ha abbiamo hanno questo questa quello noi voi loro mio suo dal dalla sul sulla',
  dutch:
    'de het een en van in is dat op te zijn met voor niet aan er om ook als dan bij maar uit nog naar heeft hebben werd wordt deze dit ons zij ik je u hij haar hun door over geen kan zal zou meer wat',
  portuguese:
    'o a os as de que e do da em um uma para com não por mais dos das se na no nas nos como mas ao ele à seu sua ou quando muito nos já eu também só pelo pela até isso ela entre depois sem mesmo aos seus quem você',
  danish:
    'og i at det den til er en som på de med han af for ikke der var mig sig men et har om vi min havde ham hun nu over da fra du ud sin dem os op man hans hvor eller hvad skal selv her alle vil blev kunne ind når være dog noget',
  norwegian:
    'og i jeg det at en et den til er som på de med han av ikke der så var meg seg men har om vi min hadde hun nå over da ved fra du ut sin dem oss opp man kan hans hvor eller hva skal selv her alle vil bli ble kunne inn når være noe deg disse etter bare',
  swedish:
    'och det att i en jag hon som han på den med var sig för så till är men ett om hade de av icke mig du henne då sin nu har inte hans honom skulle hennes där min man ej vid kunde något från ut när efter upp vi dem vara vad över än dig kan sina här',
  finnish:
    'olla olen on ovat oli ei että ja jos koska kuin mutta niin sekä tai vaan vai vaikka minä sinä hän me te he se tämä tuo ne nämä joka jotka mikä kuka kanssa mukaan ole',
  hungarian:
    'a az és hogy nem egy ez azt meg csak van volt de még már mint vagy majd ezt lesz nincs kell lehet minden után olyan ami aki itt ott',
  russian:
    'и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от меня еще нет о из ему теперь когда даже ну ли если уже или ни быть был него до вас',
} as const;

/** Name of a text search configuration of Postgres; `simple` leaves words as they are. */
export type Language = keyof typeof stopWords | 'greek' | 'simple';

export const languages: readonly Language[] = [
  ...(Object.keys(stopWords) as (keyof typeof stopWords)[]),
  'greek',
  'simple',
];

const stopSets = new Map<Language, ReadonlySet<string>>(
  Object.entries(stopWords).map(([name, list]) => [
    name as Language,
    new Set(list.split(' ').map(wordsOf)),
  ]),
);

/** The list that a language is told by. */
export function stopWordsOf(language: Language): readonly string[] {
  return language in stopWords ? stopWords[language as keyof typeof stopWords].split(' ') : [];
}

const wordsCounted = 600;
/** Fewer than that may stand in any text. */
const stopWordsMin = 3;
const shareMin = 0.08;

/** Each of those words with the languages it belongs to, so that a text is gone through once. */
const speakers = new Map<string, Language[]>();
for (const [language, set] of stopSets) {
  for (const word of set) speakers.set(word, [...(speakers.get(word) ?? []), language]);
}

/** @param words as `wordsOf` gives them */
export function languageOf(words: string): Language {
  const list = words.slice(0, wordsCounted * 8).split(' ', wordsCounted);
  if (/\p{sc=Greek}/u.test(words.slice(0, 2000)) && greek(list)) return 'greek';
  const counts = new Map<Language, number>();
  for (const word of list) {
    for (const language of speakers.get(word) ?? []) {
      counts.set(language, (counts.get(language) ?? 0) + 1);
    }
  }
  let best: Language = 'simple';
  let most = 0;
  // In the order of the list above: of two that fit alike it is the first.
  for (const language of stopSets.keys()) {
    const count = counts.get(language) ?? 0;
    if (count > most) {
      best = language;
      most = count;
    }
  }
  return most >= stopWordsMin && most >= list.length * shareMin ? best : 'simple';
}

function greek(list: readonly string[]): boolean {
  return list.filter((word) => /^\p{sc=Greek}+$/u.test(word)).length * 2 > list.length;
}

/**
 * Words without those that a language cannot do without. Postgres leaves them out itself, but does
 * not know the ones that lost their accents.
 */
export function withoutStopWords(words: string, language: Language): string {
  const set = stopSets.get(language);
  if (set === undefined || words === '') return words;
  return words
    .split(' ')
    .filter((word) => !set.has(word))
    .join(' ');
}
