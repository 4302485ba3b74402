import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cardLine } from '#app/_mail/card-line.ts';
import { wallClock } from '#app/_mail/wall-clock.ts';
import type { ItemKind } from '#lib/exchange/item.ts';
import { cardOf, detailsOf } from '#lib/exchange/item-details.ts';

describe('what the card of an item shows', () => {
  it('of an event: when, where, who, and how often', () => {
    const details = detailsOf('event', {
      start: { dateTime: '2026-11-24T09:00:00.0000000', timeZone: 'Europe/Vienna' },
      end: { dateTime: '2026-11-24T10:30:00.0000000', timeZone: 'Europe/Vienna' },
      location: { displayName: 'Quay\u0000 7' },
      organizer: { emailAddress: { name: 'Ines', address: 'ines@x' } },
      attendees: [
        { emailAddress: { address: 'a@x' }, status: { response: 'accepted' }, type: 'optional' },
        null,
        'x',
      ],
      recurrence: {
        pattern: { type: 'weekly', interval: 2, daysOfWeek: ['tuesday'] },
        range: { type: 'endDate', endDate: '2027-01-01' },
      },
      isReminderOn: true,
      reminderMinutesBeforeStart: 15,
      sensitivity: 'private',
    });
    assert.ok(details?.kind === 'event');
    assert.equal(details.where, 'Quay 7');
    assert.equal(details.repeats, 'every 2 weeks on Tuesday until 2027-01-01');
    assert.deepEqual(details.invited, [
      { name: '', address: 'a@x', answer: 'yes', optional: true },
    ]);
    assert.deepEqual([details.reminder, details.private], [15, true]);
    assert.equal(wallClock(details.starts!, false), 'Tue 24 Nov 2026, 09:00');
    assert.equal(wallClock(details.ends!, false, details.starts!), '10:30');
  });

  it('of a contact and of a task', () => {
    const contact = detailsOf('contact', {
      displayName: 'Marek',
      emailAddresses: [{ address: 'm@x' }, {}],
      businessPhones: ['1', 2],
      homeAddress: { street: 'Street 1', postalCode: '1010', city: 'Vienna' },
      birthday: '1980-02-03T00:00:00Z',
    });
    assert.ok(contact?.kind === 'contact');
    assert.deepEqual(contact.addresses, [{ label: 'home', lines: ['Street 1', '1010 Vienna'] }]);
    assert.deepEqual(
      [contact.emails, contact.phones, contact.birthday],
      [['m@x'], [{ label: 'business', number: '1' }], '1980-02-03'],
    );
    const task = detailsOf('task', {
      status: 'inProgress',
      dueDateTime: { dateTime: '2026-12-01T00:00:00', timeZone: 'UTC' },
      checklistItems: [{ displayName: 'call', isChecked: true }],
    });
    assert.ok(task?.kind === 'task');
    assert.deepEqual(task.steps, [{ text: 'call', done: true }]);
  });

  it('as a line in a list: what tells one from the next', () => {
    const line = (kind: ItemKind, json: Record<string, unknown>) => {
      const card = cardOf(kind, json);
      return card === null ? null : cardLine(card);
    };
    const at = (dateTime: string) => ({ dateTime, timeZone: 'UTC' });
    const event = (start: string, end: string, more = {}) =>
      line('event', { start: at(start), end: at(end), ...more });
    const where = { location: { displayName: 'Quay 7' } };
    assert.equal(event('2026-11-24T09:00:00', '2026-11-24T10:30:00', where), '09:00–10:30, Quay 7');
    assert.equal(
      event('2026-11-24T22:00:00', '2026-11-25T06:00:00'),
      'Tue 24 Nov 2026, 22:00 – Wed 25 Nov 2026, 06:00',
    );
    const allDay = { isAllDay: true, ...where };
    assert.equal(event('2026-11-24T00:00:00', '2026-11-25T00:00:00', allDay), 'all day, Quay 7');
    assert.equal(
      event('2026-11-24T00:00:00', '2026-11-27T00:00:00', { isAllDay: true }),
      'Tue 24 Nov 2026 – Thu 26 Nov 2026',
    );
    assert.equal(
      line('contact', { companyName: 'Harbour', emailAddresses: [{ address: 'm@x' }] }),
      'Harbour, m@x',
    );
    assert.equal(line('contact', {}), '');
    const due = { dueDateTime: at('2026-12-01T00:00:00') };
    assert.equal(line('task', due), 'due Tue 1 Dec 2026');
    assert.equal(line('task', { ...due, status: 'completed' }), 'done');
    const done = { ...due, completedDateTime: at('2026-11-30T08:00:00') };
    assert.equal(line('task', done), 'done Mon 30 Nov 2026');
    assert.equal(line('note', { subject: 'x' }), null);
  });

  it('of anything at all, without an error', () => {
    for (const kind of ['event', 'contact', 'task'] as const) {
      for (const value of [null, 1, 'x', [], [null], { a: 1 }]) {
        const item = new Proxy({}, { get: () => value }) as Record<string, unknown>;
        assert.equal(detailsOf(kind, item)?.kind, kind);
      }
    }
    assert.equal(detailsOf('message', {}), null);
  });
});
