import type { Question } from '../../model/plan.ts';

const MOST_PARAMETERS = 500;

/**
 * Why a statement is not handed to a database; null: it may be. The statement comes from a file that somebody may have made up, and the
 * database is the user's. A semicolon is refused wherever it stands: where a literal or a comment ends is for the database to say, and
 * nothing here need agree with it.
 */
export function refusal({ statement, parameters }: Question): string | null {
  if (!/^(SELECT|WITH|UPDATE|DELETE|VALUES)\b/i.test(statement)) return 'the statement is no SELECT, UPDATE or DELETE';
  if (statement.includes(';')) return 'the statement has a semicolon, so that it may be more than one statement';
  if (statement.includes('\0')) return 'the statement has a zero byte';
  return parameters > MOST_PARAMETERS ? `the statement has more than ${MOST_PARAMETERS} placeholders` : null;
}
