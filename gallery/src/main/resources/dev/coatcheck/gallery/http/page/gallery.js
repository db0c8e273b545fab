// Begins the page. A classic script, as it was in the first release: while a release is rolled out, this name is asked of
// processes of the release before by this page, and of this release by the page of before. What is not known to all of them has
// a name of its own, and where that is not to be had, or does not go with the page, the page is loaded anew, from whichever
// process answers then.
{
  const TRIED = 'gallery.tried';
  const MOST_TRIES = 10;

  import('/assets/page.js').then(() => sessionStorage.removeItem(TRIED), error => {
    console.warn(`The page does not go with its scripts: ${error}`);
    const tried = Number(sessionStorage.getItem(TRIED)) + 1;
    if (tried > MOST_TRIES) return;
    sessionStorage.setItem(TRIED, tried);
    setTimeout(() => location.reload(), 500 * tried);
  });
}
