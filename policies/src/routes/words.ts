export type Word = { readonly text: string; readonly at: number };

/** Words in order. Behind the last one comes '', as often as it is asked for, at the end of the text. */
export type Words = { readonly peek: () => Word; readonly take: () => Word };

/** The pieces of a text that a pattern (with the flag `g`) finds; by default what stands between blanks. */
export const wordsOf = (text: string, pattern = /\S+/g): Words => {
  const words = [...text.matchAll(pattern)].map((match) => ({ text: match[0], at: match.index }));
  let next = 0;
  const peek = (): Word => words[next] ?? { text: '', at: text.length };
  const take = (): Word => {
    const word = peek();
    next += 1;
    return word;
  };
  return { peek, take };
};
