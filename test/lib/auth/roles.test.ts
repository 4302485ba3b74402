import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memberRoles } from '#db/enums.ts';
import { may, permissions, refusalSentence } from '#lib/auth/roles.ts';

describe('roles', () => {
  it('who may do what is exactly this table', () => {
    const table = Object.fromEntries(
      memberRoles.map((role) => [role, permissions.filter((permission) => may(role, permission))]),
    );
    assert.deepEqual(table, {
      owner: [...permissions],
      admin: [
        'customers.read',
        'customers.connect',
        'policies.manage',
        'backups.run',
        'content.read',
        'restores.run',
        'exports.run',
        'audit.read',
        'members.manage',
      ],
      technician: [
        'customers.read',
        'customers.connect',
        'backups.run',
        'content.read',
        'restores.run',
        'exports.run',
      ],
      billing: ['customers.read', 'billing.read'],
      auditor: ['customers.read', 'audit.read'],
    });
  });

  it('a refusal says what is missing and who can help', () => {
    assert.equal(
      refusalSentence('auditor', 'restores.run'),
      'Your role, auditor, may not restore mail. Ask an owner of your organisation.',
    );
  });
});
