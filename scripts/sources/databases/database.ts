import type { Answer, PlanSystem, Question } from '../../model/plan.ts';

/** A database that the user has named to be asked for plans. */
export interface Database {
  system: PlanSystem;
  /** As it may be shown: without password, user and options. */
  name: string;
  /** Never throws: a database that is broken or away must not cost a verdict. Nothing in the database is changed, nor executed. */
  ask(question: Question): Promise<Answer>;
}
