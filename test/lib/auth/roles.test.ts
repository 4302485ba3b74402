import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { customerRoles, memberRoles } from '#db/enums.ts';
import { keyScopes, may, permissions, refusalSentence } from '#lib/auth/roles.ts';

const roles = [...memberRoles, ...customerRoles];

describe('roles', () => {
  it('who may do what is exactly this table', () => {
    const table = Object.fromEntries(
      roles.map((role) => [role, permissions.filter((permission) => may(role, permission))]),
    );
    assert.deepEqual(table, {
      owner: [...permissions],
      admin: [
        'customers.read',
        'mailboxes.read',
        'customers.connect',
        'policies.manage',
        'backups.run',
        'content.read',
        'restores.read',
        'restores.run',
        'exports.run',
        'audit.read',
        'people.manage',
        'members.manage',
        'sessions.manage',
        'keys.manage',
      ],
      technician: [
        'customers.read',
        'mailboxes.read',
        'customers.connect',
        'backups.run',
        'content.read',
        'restores.read',
        'restores.run',
        'exports.run',
      ],
      billing: [
        'customers.read',
        'mailboxes.read',
        'restores.read',
        'usage.read',
        'billing.read',
        'billing.manage',
      ],
      auditor: ['customers.read', 'mailboxes.read', 'restores.read', 'audit.read'],
      administrator: [
        'customers.read',
        'mailboxes.read',
        'content.read',
        'restores.read',
        'restores.run',
        'exports.run',
        'audit.read',
      ],
      'mailbox-owner': [
        'mailboxes.read',
        'content.read',
        'restores.read',
        'restores.run',
        'exports.run',
      ],
    });
  });

  it('a key is never given what makes people, keys or sessions', () => {
    for (const scope of keyScopes)
      assert.doesNotMatch(scope, /(people|members|sessions|keys)\.manage|billing/);
  });

  it('a refusal says what is missing and who can help', () => {
    assert.equal(
      refusalSentence('auditor', 'restores.run'),
      'Your role, auditor, may not restore mail. Ask an owner of your organisation.',
    );
    assert.equal(
      refusalSentence('mailbox-owner', 'audit.read'),
      'Your role, owner of a mailbox, may not read the audit log. Ask your provider.',
    );
  });
});
