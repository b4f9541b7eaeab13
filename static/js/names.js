/** What people are called. */

/**
 * A person's name; where an older node told of them, which knows no names, the nickname.
 * @param {{ name?: string, nickname: string }} person
 */
export const nameOf = (person) => person.name ?? person.nickname;
