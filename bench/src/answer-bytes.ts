/** Length of the upstream's body. The load generator refuses any other, so a proxy cannot win by leaving something out. */
export const answerBytes = 1_024;
