/**
 * The variable that names the file to which a program tells the holidays that its schedules skip. meta-prefect's command sets it for its previews,
 * as those of Pulumi don't tell a stack's outputs.
 */
export const skippedDaysFile = "META_PREFECT__SKIPPED_DAYS";
