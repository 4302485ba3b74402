import type { Random } from './random.ts';

export type Language = 'en' | 'de';

export const projects = [
  'Harbour',
  'Lantern',
  'Orchard',
  'Quarry',
  'Meridian',
  'Saddle',
  'Beacon',
  'Thistle',
  'Cobalt',
  'Estuary',
] as const;

interface Phrases {
  subjects: readonly string[];
  greetings: readonly string[];
  sentences: readonly string[];
  closings: readonly string[];
  wrote: string;
  reply: string;
}

/** Words in braces are filled in anew each time. */
const slots: Record<Language, Record<string, readonly string[]>> = {
  en: {
    day: [
      'Monday',
      'Tuesday',
      'Wednesday',
      'Thursday',
      'Friday',
      'next week',
      'the end of the month',
    ],
    place: [
      'Hamburg',
      'Rotterdam',
      'Bristol',
      'Gdansk',
      'the warehouse',
      'the site office',
      'Dock 4',
    ],
    document: [
      'the offer',
      'the contract',
      'the drawing',
      'the schedule',
      'the minutes',
      'the inspection report',
      'the invoice',
      'the risk list',
    ],
    thing: [
      'pump',
      'valve',
      'control cabinet',
      'crane',
      'pipe section',
      'cable tray',
      'sensor',
      'gate',
      'bearing',
      'ladder',
    ],
    people: [
      'the client',
      'the supplier',
      'the insurer',
      'the harbour authority',
      'our subcontractor',
      'the auditors',
    ],
    adjective: [
      'late',
      'missing',
      'wrong',
      'cheaper',
      'heavier',
      'approved',
      'under review',
      'on hold',
      'ready',
    ],
  },
  de: {
    day: [
      'Montag',
      'Dienstag',
      'Mittwoch',
      'Donnerstag',
      'Freitag',
      'nächster Woche',
      'Monatsende',
    ],
    place: ['Hamburg', 'Bremen', 'Köln', 'München', 'der Halle', 'der Baustelle', 'Kai 4'],
    document: [
      'das Angebot',
      'den Vertrag',
      'die Zeichnung',
      'den Zeitplan',
      'das Protokoll',
      'den Prüfbericht',
      'die Rechnung',
      'die Mängelliste',
    ],
    thing: [
      'Pumpe',
      'Schleuse',
      'Steuerung',
      'Leitung',
      'Kabeltrasse',
      'Brücke',
      'Lüftung',
      'Anlage',
    ],
    people: [
      'der Kunde',
      'der Lieferant',
      'die Versicherung',
      'das Hafenamt',
      'unser Nachunternehmer',
      'die Prüfer',
    ],
    adjective: [
      'verspätet',
      'unvollständig',
      'günstiger',
      'schwerer',
      'freigegeben',
      'in Prüfung',
      'fertig',
      'überfällig',
    ],
  },
};

const phrases: Record<Language, Phrases> = {
  en: {
    subjects: [
      '{project}: {document} for {place}',
      '{project} – {thing} is {adjective}',
      'Question about {document} ({project})',
      'Meeting on {day}: {project}',
      '{project} budget, round {number}',
      'Delivery of {count} {thing}s',
      'Travel to {place} on {day}',
      'Invoice {reference}',
      'Site visit {place}, photos',
      'Next steps for {project}',
    ],
    greetings: ['Hi {name},', 'Hello {name},', 'Dear {name},', '{name},', 'Good morning {name},'],
    sentences: [
      'I have attached {document} for {project}; please check section {number} before {day}.',
      'The {thing} we ordered under {reference} is {adjective}, and {people} would like to know why.',
      'We agreed on {amount} EUR, not on what is written in {document}.',
      'Could you call {people} and ask whether {count} pieces can be in {place} by {day}?',
      'The test in {place} ran for {number} hours without a single alarm.',
      'I moved our meeting to {day}, room 2.{number}, because {people} cannot make it earlier.',
      'My proposal is to keep the old {thing} for now and to replace it in the second phase.',
      'Please do not forward this outside the team until {people} have signed.',
      'The numbers in row {number} do not add up: I get {amount} EUR.',
      'As far as I can see, {document} is still {adjective}.',
      'There were {count} photos from {place}; I kept the {number} best ones.',
      'If nobody objects by {day}, I will place the order for {amount} EUR.',
      'Marek says the {thing} needs a stronger bracket, which adds about {amount} EUR.',
      'Thanks for the quick answer, that helps a lot.',
      '{people} asked for {document} again; is there a newer version than {number}?',
      'Weather permitting, the crane arrives in {place} on {day} at {time}.',
      'Please remember that the permit for {place} ends with {reference}.',
      'We lost about {number} days because the {thing} came without its papers.',
      'I would rather spend {amount} EUR now than explain a delay later.',
      'The attached list has {count} open points, {number} of them ours.',
      'Let us talk about {project} on {day}; ten minutes are enough.',
      'The customer number for this is {reference}, the old one no longer works.',
    ],
    closings: ['Best regards', 'Kind regards', 'Thanks', 'Cheers', 'See you on {day}'],
    wrote: 'On {date}, {name} wrote:',
    reply: 'Re: ',
  },
  de: {
    subjects: [
      '{project}: {document} prüfen',
      'Rückfrage zu {project} – {thing}',
      'Termin am {day}: {project}',
      'Rechnung {reference} über {amount} €',
      'Begehung {place}, Fotos und Mängel',
      'Nächste Schritte für {project}',
      'Lieferung {count} Stück ({thing})',
      'Änderungen am Zeitplan, Stand {number}',
    ],
    greetings: [
      'Hallo {name},',
      'Liebe Kolleginnen und Kollegen,',
      'Guten Morgen {name},',
      'Sehr geehrte Damen und Herren,',
    ],
    sentences: [
      'anbei {document} für {project}; bitte bis {day} prüfen und freigeben.',
      'Die {thing} aus Bestellung {reference} ist {adjective}, {people} fragt schon nach.',
      'Wir hatten uns auf {amount} € geeinigt, in der Übersicht steht aber ein anderer Betrag.',
      'Könntest du bitte klären, ob {count} Stück bis {day} in {place} sein können?',
      'Der Probelauf in {place} dauerte {number} Stunden und verlief ohne Störung.',
      'Den Termin habe ich auf {day} um {time} Uhr verschoben, Raum 2.{number}.',
      'Für die Prüfung brauchen wir noch {document} in der gültigen Fassung.',
      'Bitte gebt das nicht weiter, bevor {people} unterschrieben hat.',
      'Die Summe in Zeile {number} stimmt nicht: Ich komme auf {amount} €.',
      'Über die Größe der Öffnung sollten wir am {day} noch einmal sprechen.',
      'Falls niemand widerspricht, löse ich die Bestellung über {amount} € am {day} aus.',
      'Vielen Dank für die schnelle Rückmeldung, das hilft uns sehr.',
      'Es fehlen noch {count} Prüfprotokolle, davon {number} von uns.',
      'Die Genehmigung für {place} läuft mit {reference} ab.',
      'Grüße auch von Henrike, sie meldet sich nächste Woche wegen der Schulung.',
    ],
    closings: ['Viele Grüße', 'Mit freundlichen Grüßen', 'Beste Grüße', 'Danke und Gruß'],
    wrote: 'Am {date} schrieb {name}:',
    reply: 'AW: ',
  },
};

export interface Filling {
  project: string;
  name?: string;
  date?: string;
}

function fill(template: string, language: Language, random: Random, filling: Filling): string {
  return template.replace(/\{(\w+)\}/g, (_, slot: string) => {
    switch (slot) {
      case 'project':
        return filling.project;
      case 'name':
        return filling.name ?? '';
      case 'date':
        return filling.date ?? '';
      case 'number':
        return String(random.between(2, 28));
      case 'count':
        return String(random.between(3, 480));
      case 'amount': {
        const amount = random.between(180, 98_000) + random.pick([0, 0.5, 0.95]);
        return amount.toLocaleString(language === 'de' ? 'de-DE' : 'en-GB', {
          minimumFractionDigits: 2,
        });
      }
      case 'time':
        return `${random.between(7, 18)}:${random.pick(['00', '15', '30', '45'])}`;
      case 'reference':
        return `${random.pick(['PO', 'R', 'K', 'C'])}-${random.between(10_000, 99_999)}/${random.between(24, 26)}`;
      default:
        return random.pick(slots[language][slot] ?? ['']);
    }
  });
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function subjectFor(language: Language, random: Random, project: string): string {
  return upperFirst(fill(random.pick(phrases[language].subjects), language, random, { project }));
}

/** Paragraphs of a message, greeting and closing included; the signature is the caller's. */
export function paragraphsFor(language: Language, random: Random, filling: Filling): string[] {
  const { greetings, sentences, closings } = phrases[language];
  const paragraph = () => {
    const chosen = random.sample(sentences, random.between(2, 5));
    return chosen.map((it) => upperFirst(fill(it, language, random, filling))).join(' ');
  };
  return [
    fill(random.pick(greetings), language, random, filling),
    ...Array.from({ length: random.between(1, 4) }, paragraph),
    fill(random.pick(closings), language, random, filling),
  ];
}

export function quoteLine(language: Language, name: string, date: string): string {
  return phrases[language].wrote.replace('{date}', date).replace('{name}', name);
}

export const replyPrefix = (language: Language) => phrases[language].reply;
