/** So many lines of one comment are answered; a person writes fewer. */
export const MOST_COMMANDS = 20;
