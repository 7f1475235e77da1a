import { describe, expect, it } from 'vitest';
import { isScope, scopeAllows, scopeNames, scopeOpensApp } from './scopes.ts';

describe('a scope', () => {
  const rows: readonly [scopes: readonly string[], relation: string, type: string, allowed: boolean][] = [
    [['all'], 'can_delete', 'organization', true],
    [[], 'can_view', 'content', false],
    [['content:read'], 'can_view', 'content', true],
    [['content:read'], 'can_view', 'content_version', true],
    [['content:read'], 'can_view', 'algorithm', true],
    [['content:read'], 'can_view', 'workspace', true],
    [['content:read'], 'can_view_content', 'organization', true],
    [['content:read'], 'can_view', 'organization', false],
    [['content:read'], 'can_edit', 'content', false],
    [['content:run'], 'can_execute', 'content', true],
    [['content:run'], 'can_use', 'provider_credential', true],
    [['content:run'], 'can_manage', 'provider_credential', false],
    [['content:write'], 'can_edit', 'content', true],
    [['content:write'], 'can_create_content', 'organization', true],
    [['content:write'], 'can_view', 'content', false],
    [['content:delete'], 'can_delete', 'content', true],
    [['content:delete'], 'can_delete', 'organization', false],
    [['content:delete'], 'can_delete', 'workspace', false],
    [['account:read'], 'can_view', 'organization', true],
    [['account:read'], 'can_view', 'content', false],
    [['app:quantum'], 'can_view', 'content', false],
    [['content:read', 'content:write'], 'can_edit', 'content', true],
    [['admin', 'ALL', 'content:*', 'toString', '__proto__'], 'can_view', 'content', false],
  ];
  it.each(rows)('%j covers %s on %s: %s', (scopes, relation, type, allowed) => {
    expect(scopeAllows(scopes, relation, type)).toBe(allowed);
  });

  it('opens the signed-in routes of its own application only', () => {
    expect(scopeOpensApp(['app:quantum'], 'quantum')).toBe(true);
    expect(scopeOpensApp(['all'], 'quantum')).toBe(true);
    expect(scopeOpensApp(['app:other', 'content:read'], 'quantum')).toBe(false);
  });

  it.each([...scopeNames, 'app:quantum'])('is known by its name: %s', (text) => {
    expect(isScope(text)).toBe(true);
  });

  it.each([
    '',
    'All',
    'content',
    'content:',
    'content:read ',
    'app:',
    'app:Quantum',
    'app:a b',
    'toString',
    '__proto__',
  ])('is none when it is %j', (text) => {
    expect(isScope(text)).toBe(false);
  });
});
