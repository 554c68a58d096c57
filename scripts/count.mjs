/** A reporter for Node's test runner: writes {"passed":n,"failed":n,"skipped":n} at the end. Suites do not count, tests do. */
export default async function* count(source) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of source) {
    if (data?.details?.type === 'suite') continue;
    if (type === 'test:fail') total.failed += 1;
    else if (type === 'test:pass' && data.skip !== undefined) total.skipped += 1;
    else if (type === 'test:pass') total.passed += 1;
  }
  yield JSON.stringify(total);
}
