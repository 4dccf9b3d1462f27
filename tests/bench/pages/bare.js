// The least that can put a line on a page: what the banner is measured against.
const line = document.createElement('div');
line.id = 'bare-banner';
line.textContent = 'Payments fail for some: we are looking into it.';
document.body.append(line);
